import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { BoundedMean } from './bounded-mean.js';

const values = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 60 });

function of(all: readonly number[], alpha: number): BoundedMean {
  const mean = new BoundedMean(alpha);
  for (const value of all) mean.add(value);
  return mean;
}

/** Σ over i = 1 … to. */
function sum(to: number, term: (i: number) => number): number {
  return Array.from({ length: to }, (_, i) => term(i + 1)).reduce((total, value) => total + value, 0);
}

/** The bound as the paper writes it down, each sum taken anew over all values. */
function lowerByDefinition(x: readonly number[], alpha: number): number {
  const mean = (t: number): number => (1 / 2 + sum(t, (i) => x[i - 1]!)) / (t + 1);
  const variance = (t: number): number => (1 / 4 + sum(t, (i) => (x[i - 1]! - mean(i)) ** 2)) / (t + 1);
  const weight = (t: number): number =>
    Math.min(1 / 2, Math.sqrt((2 * Math.log(1 / alpha)) / (variance(t - 1) * t * Math.log(1 + t))));
  const weights = sum(x.length, weight);
  const slack = sum(x.length, (i) => (x[i - 1]! - mean(i - 1)) ** 2 * (-Math.log(1 - weight(i)) - weight(i)));
  const centre = sum(x.length, (i) => weight(i) * x[i - 1]!) / weights;
  return Math.max(0, centre - (Math.log(1 / alpha) + slack) / weights);
}

describe('bounds on a mean of values in [0, 1]', () => {
  test('are the ones of the definition', () => {
    fc.assert(
      fc.property(values, fc.constantFrom(0.05, 0.005), (x, alpha) => {
        const { lower, upper } = of(x, alpha);
        expect(lower).toBeCloseTo(lowerByDefinition(x, alpha), 9);
        expect(upper).toBeCloseTo(1 - lowerByDefinition(x.map((value) => 1 - value), alpha), 9); // prettier-ignore
      }),
      { numRuns: 50 },
    );
  });

  test('are the ones of the definition after more than a hundred values, whether they scatter or not', () => {
    for (const step of [0.001, 0.7]) {
      const x = Array.from({ length: 120 }, (_, i) => 0.3 + (i % 2) * step);
      expect(of(x, 0.05).lower).toBeCloseTo(lowerByDefinition(x, 0.05), 9);
    }
  });

  test('are all that is possible before the first value', () => {
    expect(of([], 0.05)).toMatchObject({ lower: 0, upper: 1 });
  });

  test('enclose the mean ever more narrowly', () => {
    const widths = [50, 500, 5_000].map((count) => {
      const { lower, upper } = of(Array.from({ length: count }, (_, i) => (i % 2 === 0 ? 0.6 : 0.8)), 0.01); // prettier-ignore
      expect(lower).toBeLessThan(0.7);
      expect(upper).toBeGreaterThan(0.7);
      return upper - lower;
    });
    expect(widths[1]).toBeLessThan(widths[0]! / 2);
    expect(widths[2]).toBeLessThan(widths[1]! / 2);
  });

  test.each([0.1, 0.5, 0.8])('hold at every look: every sequence of 14 zeros and ones, mean %d', (p) => {
    const alpha = 0.2;
    let tooHigh = 0;
    let tooLow = 0;
    const walk = (chance: number, mean: BoundedMean, left: number, wrong: { high: boolean; low: boolean }): void => {
      const now = { high: wrong.high || mean.lower > p, low: wrong.low || mean.upper < p };
      if (left === 0) {
        if (now.high) tooHigh += chance;
        if (now.low) tooLow += chance;
        return;
      }
      for (const value of [0, 1]) {
        const next = new BoundedMean(alpha, mean.state);
        next.add(value);
        walk(chance * (value === 1 ? p : 1 - p), next, left - 1, now);
      }
    };
    walk(1, new BoundedMean(alpha), 14, { high: false, low: false });
    expect(tooHigh).toBeLessThanOrEqual(alpha);
    expect(tooLow).toBeLessThanOrEqual(alpha);
  });

  test('go on where a state left off', () => {
    fc.assert(
      fc.property(values, values, (before, after) => {
        const resumed = new BoundedMean(0.05, JSON.parse(JSON.stringify(of(before, 0.05).state)));
        for (const value of after) resumed.add(value);
        expect(resumed.state).toEqual(of([...before, ...after], 0.05).state);
      }),
    );
  });

  test('take what is out of range for the nearer end, and no number for nothing', () => {
    expect(of([-3, 7, NaN, Infinity], 0.05).state).toEqual(of([0, 1, 1], 0.05).state);
  });
});
