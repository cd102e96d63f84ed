import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { LogHistogram } from './log-histogram.js';

const RANGE = { min: 0.11, max: 1e8, noNaN: true };
const values = fc.array(fc.double(RANGE), { minLength: 1, maxLength: 200 });
const probability = fc.double({ min: 0, max: 1, noNaN: true });

function of(recorded: readonly number[]): LogHistogram {
  const histogram = new LogHistogram();
  for (const value of recorded) histogram.record(value);
  return histogram;
}

/** The value whose rank is the smallest that covers a share of `p`. */
function exact(recorded: readonly number[], p: number): number {
  const sorted = recorded.toSorted((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil(p * sorted.length)) - 1]!;
}

describe('a log histogram', () => {
  test('gives every quantile within 1% of the exact one', () => {
    fc.assert(
      fc.property(values, probability, (recorded, p) => {
        const wanted = exact(recorded, p);
        const off = Math.abs(of(recorded).quantile(p)! - wanted) / wanted;
        expect(off).toBeLessThanOrEqual(0.01 + 1e-9);
      }),
    );
  });

  test('its quantiles never fall when p rises', () => {
    fc.assert(
      fc.property(values, probability, probability, (recorded, a, b) => {
        const histogram = of(recorded);
        expect(histogram.quantile(Math.min(a, b))!).toBeLessThanOrEqual(histogram.quantile(Math.max(a, b))!);
      }),
    );
  });

  test('merging is recording all of both', () => {
    fc.assert(
      fc.property(values, values, probability, (left, right, p) => {
        const merged = of(left);
        merged.merge(of(right));
        const all = of([...left, ...right]);
        expect(merged.count).toBe(all.count);
        expect(merged.quantile(p)).toBe(all.quantile(p));
        expect(merged.mean).toBeCloseTo(all.mean!, 3);
      }),
    );
  });

  test('the mean is exact', () => {
    expect(of([1, 2, 6]).mean).toBe(3);
  });

  test('without values there is no figure at all, least of all zero', () => {
    const empty = new LogHistogram();
    expect([empty.mean, empty.quantile(0.5), empty.count]).toEqual([null, null, 0]);
  });

  test('values out of its range count at its ends', () => {
    expect(of([0]).quantile(0.5)).toBeCloseTo(0.1, 2);
    expect(of([1e12]).quantile(0.5)! / 1e8).toBeCloseTo(1, 1);
  });
});
