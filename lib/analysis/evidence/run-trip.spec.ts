import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { fairLength } from '../../domain/failure-run.js';
import { tripLength, upperBound } from './run-trip.js';

const base = { consecutiveFailures: 5, canaryUnits: 10, alpha: 0.005 };

describe('the length of a run that reverts', () => {
  // A scan in Python over lengths and, for the bound, over rates in steps of 1e-5.
  test.each([
    [{ ...base, live: { failed: 0, total: 500 } }, 5],
    [{ ...base, live: { failed: 0, total: 20 } }, 13],
    [{ ...base, live: { failed: 0, total: 5_000 } }, 5],
    [{ ...base, canaryUnits: 100_000, live: { failed: 0, total: 50_000 } }, 6],
    [{ ...base, live: { failed: 5, total: 5_000 }, lately: { failed: 30, total: 60 } }, 47],
    [{ ...base, consecutiveFailures: 2, canaryUnits: 200, live: { failed: 10, total: 5_000 } }, 3],
  ])('of %j is %d', (input, length) => {
    expect(tripLength(input)).toBe(length);
  });

  test('the units double at powers of two, from the thousandth on', () => {
    const live = { failed: 400, total: 10_000 };
    const lengths = [999, 1_000, 1_023, 1_024].map((canaryUnits) => tripLength({ ...base, canaryUnits, live }));
    // In Python, as above.
    expect(lengths).toEqual([5, 5, 5, 6]);
  });

  test('nothing trips while nothing is known of the live environment', () => {
    expect(tripLength({ ...base, live: { failed: 0, total: 0 } })).toBe(Infinity);
    expect(tripLength({ ...base, live: { failed: 9, total: 9 } })).toBe(Infinity);
  });

  test('is never shorter for more failures, for more units, or for less alpha', () => {
    const rates = fc.record({ failed: fc.nat(20), more: fc.nat(20), rest: fc.integer({ min: 1, max: 5_000 }) });
    fc.assert(
      fc.property(rates, fc.nat(1e6), fc.nat(1e6), ({ failed, more, rest }, units, others) => {
        const total = failed + more + rest;
        const length = tripLength({ ...base, canaryUnits: units, live: { failed, total } });
        expect(
          tripLength({ ...base, canaryUnits: units, live: { failed: failed + more, total } }),
        ).toBeGreaterThanOrEqual(length);
        expect(tripLength({ ...base, canaryUnits: units + others, live: { failed, total } })).toBeGreaterThanOrEqual(
          length,
        );
        expect(
          tripLength({ ...base, canaryUnits: units, alpha: 0.001, live: { failed, total } }),
        ).toBeGreaterThanOrEqual(length);
        expect(length).toBeGreaterThanOrEqual(5);
      }),
    );
  });

  /**
   * Over all doublings, M·p̂ⁿ for the lengths that are really used adds up to no more than the half that is meant for
   * runs.
   */
  test('all runs together cost half of alpha at most', () => {
    const live = { failed: 300, total: 10_000 };
    const rate = upperBound(live, base.alpha / 4);
    let spent = 0;
    for (let power = 9; power < 40; power++) {
      const units = power === 9 ? 999 : 2 ** power - 1;
      const length = tripLength({ ...base, consecutiveFailures: 1, canaryUnits: units, live });
      spent += 2 ** power * rate ** length;
    }
    expect(spent).toBeLessThanOrEqual(base.alpha / 2);
    expect(spent).toBeGreaterThan(0);
  });
});

describe('the bound on a rate', () => {
  test.each([
    [0, 20, 0.3283],
    [0, 500, 0.01562],
    [6, 600, 0.03582],
    [30, 60, 0.74666],
  ])('%d of %d', (failed, total, bound) => {
    expect(upperBound({ failed, total }, 0.001_25)).toBeCloseTo(bound, 4);
  });

  test('is above what was seen', () => {
    fc.assert(
      fc.property(fc.nat(300), fc.nat(3_000), (failed, rest) => {
        const total = failed + rest;
        expect(upperBound({ failed, total }, 0.01)).toBeGreaterThanOrEqual(total === 0 ? 1 : failed / total);
      }),
    );
  });
});

describe('a run that one key may have made up', () => {
  test.each([
    [[6], 0, 0],
    [[3, 3], 0, 6],
    [[9, 2], 0, 4],
    [[9, 2], 1, 6],
    [[], 7, 7],
    [[], 0, 0],
    [[1], 0, 0],
    [[1], 1, 2],
  ])('of %j by key and %d without counts as %d', (byKey, withoutKey, length) => {
    expect(fairLength(byKey, withoutKey)).toBe(length);
  });
});
