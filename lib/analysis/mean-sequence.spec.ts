import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { seededRandom } from '../../test/support/seeded-random.js';
import type { Moments } from '../domain/figures.js';
import { meanDifference } from './mean-sequence.js';

function sumsOf(values: readonly number[]): Moments {
  const sum = values.reduce((total, value) => total + value, 0);
  return { count: values.length, sum, squares: values.reduce((total, value) => total + value * value, 0) };
}

/** Sums of `count` values of which half are one `deviation` above the mean and half below. */
function spread(count: number, mean: number, deviation: number): Moments {
  return { count, sum: count * mean, squares: count * (mean ** 2 + deviation ** 2) };
}

/** What a sum `s` of `n` standard normal values is worth, by integrating over every possible drift above 0. */
function mixture(s: number, n: number, rho: number): number {
  const steps = 200_000;
  const reach = 12 * rho;
  let area = 0;
  for (let i = 0; i < steps; i++) {
    const drift = ((i + 0.5) / steps) * reach;
    area += Math.exp(drift * s - (drift ** 2 * n) / 2 - drift ** 2 / (2 * rho ** 2));
  }
  return (2 * area * reach) / steps / (rho * Math.sqrt(2 * Math.PI));
}

function isFound(drop: number, count: number): boolean {
  const arms = { canary: spread(count, 0.8 - drop, 0.15), baseline: spread(count, 0.8, 0.15) };
  return meanDifference(arms, 0.05)!.upper < 0;
}

function width(count: number, alpha: number): number {
  const { lower, upper } = meanDifference({ canary: spread(count, 1, 1), baseline: spread(count, 1, 1) }, alpha)!;
  return upper - lower;
}

describe('the difference of two means', () => {
  test.each([
    [100, 900, 0.01],
    [2500, 2500, 0.05],
    [500, 20_000, 0.005],
  ])('has a bound where a mixture over all drifts is worth just 1/alpha (%d and %d values)', (few, many, alpha) => {
    const [canary, baseline] = [spread(few, 0.7, 0.2), spread(many, 0.7, 0.1)];
    const { difference, upper, lower } = meanDifference({ canary, baseline }, alpha)!;
    const n = few + many;
    const sd = Math.sqrt(n * (0.2 ** 2 / few + 0.1 ** 2 / many));
    const rho = Math.sqrt((-2 * Math.log(2 * alpha) + Math.log(1 - 2 * Math.log(2 * alpha))) / 5000);
    const worth = mixture(((upper - difference) / sd) * n, n, rho);
    expect(worth).toBeGreaterThanOrEqual(1 / alpha);
    expect(worth).toBeLessThan(1.06 / alpha);
    expect(difference - lower).toBeCloseTo(upper - difference, 12);
  });

  test('says nothing below fifty values in either arm', () => {
    const many = spread(1000, 0.5, 0.1);
    expect(meanDifference({ canary: spread(49, 0, 0), baseline: many }, 0.05)).toBeUndefined();
    expect(meanDifference({ canary: many, baseline: spread(49, 0, 0) }, 0.05)).toBeUndefined();
    expect(meanDifference({ canary: many, baseline: spread(50, 0.5, 0.1) }, 0.05)).toBeDefined();
  });

  test('finds a drop of 0.05 at a deviation of 0.15 within some hundred values, and a bigger one sooner', () => {
    expect([isFound(0.05, 100), isFound(0.05, 400), isFound(0.2, 50)]).toEqual([false, true, true]);
  });

  test('is found sooner where it is great, when tuned for fewer values', () => {
    const arms = { canary: spread(160, 0.65, 0.15), baseline: spread(160, 0.7, 0.15) };
    expect(meanDifference(arms, 0.05, 500)!.upper).toBeLessThan(0);
    expect(meanDifference(arms, 0.05, 5_000)!.upper).toBeGreaterThan(0);
  });

  test('bounds come nearer with more values, and lie wider for a smaller alpha', () => {
    expect(width(200, 0.05)).toBeLessThan(width(100, 0.05));
    expect(width(100, 0.01)).toBeGreaterThan(width(100, 0.05));
  });

  test('takes rounding for no difference when all values are the same', () => {
    const [canary, baseline] = [sumsOf(Array(70).fill(0.1)), sumsOf(Array(1234).fill(0.1))];
    const { lower, upper } = meanDifference({ canary, baseline }, 0.05)!;
    expect(lower).toBeLessThanOrEqual(0);
    expect(upper).toBeGreaterThanOrEqual(0);
  });

  test('takes it for none of amounts of a millionth either', () => {
    const arm = sumsOf(Array(100).fill(1e-6));
    const { lower, upper } = meanDifference({ canary: arm, baseline: arm }, 0.05)!;
    expect(upper - lower).toBeGreaterThan(0);
    expect(upper - lower).toBeLessThan(1e-10);
  });

  test('stays finite for a billion values', () => {
    const { lower, upper } = meanDifference({ canary: spread(1e9, 3, 1), baseline: spread(1e9, 3, 1) }, 0.01)!;
    expect(lower).toBeLessThan(0);
    expect(upper).toBeGreaterThan(0);
    expect(upper - lower).toBeLessThan(1e-3);
  });

  test('of exchanged arms is the same with the other sign', () => {
    const arm = fc
      .array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 50, maxLength: 80 })
      .map((values) => sumsOf(values));
    fc.assert(
      fc.property(arm, arm, (a, b) => {
        const [there, back] = [
          meanDifference({ canary: a, baseline: b }, 0.05)!,
          meanDifference({ canary: b, baseline: a }, 0.05)!,
        ];
        expect(back.difference).toBeCloseTo(-there.difference, 12);
        expect(back.upper).toBeCloseTo(-there.lower, 12);
      }),
    );
  });

  test('of equal arms, looked at after every pair, is hardly ever found to be one', () => {
    const random = seededRandom(7);
    let alarms = 0;
    for (let run = 0; run < 400; run++) {
      const arms = { canary: { count: 0, sum: 0, squares: 0 }, baseline: { count: 0, sum: 0, squares: 0 } };
      for (let n = 0; n < 600; n++) {
        for (const arm of Object.values(arms)) {
          const value = random() ** 2;
          arm.count++;
          arm.sum += value;
          arm.squares += value * value;
        }
        if ((meanDifference(arms, 0.05)?.upper ?? 0) < 0) {
          alarms++;
          break;
        }
      }
    }
    expect(alarms / 400).toBeLessThanOrEqual(0.05);
  });
});
