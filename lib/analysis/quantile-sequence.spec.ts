import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { chanceOfEver } from '../../test/support/chances.js';
import { quantileRanks } from './quantile-sequence.js';

/**
 * Logarithm of the Bayes factor of a beta prior around `p` against `p` itself after `below` of `count` values lay below the
 * quantile: one prediction after the other, no gamma function.
 */
function bayesFactor(p: number, below: number, count: number, alpha: number, tunedFor: number): number {
  const spent = 2 * Math.log(1 / alpha);
  const r = Math.max((p * (1 - p) * tunedFor) / (spent + Math.log(1 + spent)) - p * (1 - p), 1e-3 * p * (1 - p));
  const [forBelow, forAbove] = [r / (1 - p), r / p];
  let log = 0;
  for (let i = 0; i < below; i++) log += Math.log((forBelow + i) / (forBelow + forAbove + i) / p);
  for (let i = 0; i < count - below; i++) {
    log += Math.log((forAbove + i) / (forBelow + forAbove + below + i) / (1 - p));
  }
  return log;
}

/** Least and greatest number of values below the quantile that is not evidence against it. */
function plausible(p: number, count: number, alpha: number, tunedFor: number): [number, number] {
  const fits = Array.from({ length: count + 1 }, (_, below) => below).filter(
    (below) => bayesFactor(p, below, count, alpha, tunedFor) < Math.log(1 / alpha),
  );
  return [fits[0]!, fits.at(-1)!];
}

describe('the ranks that bound a quantile', () => {
  test.each([
    [0.5, 200, 0.05, 1000],
    [0.95, 400, 0.05, 1000],
    [0.99, 700, 0.01, 1000],
    [0.25, 150, 0.1, 100],
    [0.9, 200, 0.05, 1],
  ])('p %d of %d values: none that leaves an implausible number below it', (p, count, alpha, tunedFor) => {
    const [fewest, most] = plausible(p, count, alpha, tunedFor);
    const { lower = 0, upper = count + 1 } = quantileRanks(p, count, alpha, tunedFor);
    // Were the quantile below the lower one, fewer than `lower` values would be below it; likewise above.
    expect(Math.abs(lower - fewest)).toBeLessThanOrEqual(1);
    expect(Math.abs(upper - (most + 1))).toBeLessThanOrEqual(1);
    expect(lower).toBeLessThanOrEqual(fewest);
    expect(upper).toBeGreaterThanOrEqual(most);
  });

  test('enclose the quantile at every look, but for less than alpha', () => {
    const [p, alpha] = [0.8, 0.1];
    const ranks = new Map(Array.from({ length: 400 }, (_, i) => [i + 1, quantileRanks(p, i + 1, alpha)]));
    // A value is below the quantile with probability p; a bound is wrong when its rank is on the other side.
    const chance = chanceOfEver(400, p, (below, above) => {
      const { lower = 0, upper = Infinity } = ranks.get(below + above)!;
      return lower > below + 1 || upper < below;
    });
    expect(chance).toBeLessThanOrEqual(alpha);
  });

  test('are unknown while there are too few values to rule anything out', () => {
    expect(quantileRanks(0.95, 0, 0.05)).toEqual({ lower: undefined, upper: undefined });
    expect(quantileRanks(0.99, 20, 0.05).upper).toBeUndefined();
    expect(quantileRanks(0.95, 2_000, 0.05)).toEqual({ lower: 1869, upper: 1929 });
  });

  test('are ranks, around the one of the quantile itself', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.001, max: 0.999, noNaN: true }),
        fc.integer({ min: 1, max: 1e9 }),
        fc.constantFrom(0.1, 0.01),
        (p, count, alpha) => {
          const { lower = 1, upper = count } = quantileRanks(p, count, alpha);
          expect(Number.isInteger(lower) && Number.isInteger(upper)).toBe(true);
          expect(lower).toBeGreaterThanOrEqual(1);
          expect(upper).toBeLessThanOrEqual(count);
          expect(lower).toBeLessThanOrEqual(Math.floor(p * count) + 1);
          expect(upper).toBeGreaterThanOrEqual(Math.floor(p * count));
        },
      ),
    );
  });
});
