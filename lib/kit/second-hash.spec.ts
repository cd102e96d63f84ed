import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { randomStream } from '../analysis/simulation/random-stream.js';
import { BUCKETS, bucketOf, isKept, secondHash } from './second-hash.js';

const unit = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const random = randomStream(7, 0);
/** As a hash that routes gives them. */
const units = Array.from({ length: 100_000 }, () => Math.floor(random() * 2 ** 32));

describe('the second hash of a unit', () => {
  // With whole numbers of any length, in Python.
  test.each([
    [0, 2_066_478_199],
    [1, 462_793_575],
    [2, 3_580_902_161],
    [0xffffffff, 1_416_861_329],
    [0x12345678, 4_229_239_856],
  ])('of %d is %d', (of, hash) => {
    expect(secondHash(of)).toBe(hash);
  });

  test('turns half of its bits when one bit of the unit turns', () => {
    for (let bit = 0; bit < 32; bit++) {
      let turned = 0;
      for (const of of units.slice(0, 2_000)) {
        for (let x = secondHash(of) ^ secondHash((of ^ (1 << bit)) >>> 0); x !== 0; x &= x - 1) turned++;
      }
      expect(turned / 2_000).toBeGreaterThan(14.5);
      expect(turned / 2_000).toBeLessThan(17.5);
    }
  });

  test('spreads a canary of 5% over all buckets alike', () => {
    const counts = Array.from({ length: BUCKETS }, () => 0);
    const canary = units.filter((of) => of < 0.05 * 2 ** 32);
    for (const of of canary) counts[bucketOf(secondHash(of))]!++;
    const expected = canary.length / BUCKETS;
    const chi = counts.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
    // The 0.1 % and 99.9 % points of chi-squared with 63 degrees of freedom.
    expect(chi).toBeLessThan(103.4);
    expect(chi).toBeGreaterThan(33.9);
  });

  test('keeps one of 2^level in both arms alike, and in every bucket', () => {
    for (const level of [1, 3, 5]) {
      for (const arm of [units.filter((of) => of < 2 ** 30), units.filter((of) => of >= 2 ** 30)]) {
        const kept = arm.filter((of) => isKept(secondHash(of), level));
        const expected = arm.length / 2 ** level;
        expect(Math.abs(kept.length - expected)).toBeLessThan(4 * Math.sqrt(expected));
        expect(new Set(kept.map((of) => bucketOf(secondHash(of)))).size).toBe(BUCKETS);
      }
    }
  });

  test('who is kept at a level was kept at all before', () => {
    fc.assert(
      fc.property(unit, fc.integer({ min: 1, max: 20 }), (of, level) => {
        expect(isKept(of, 0)).toBe(true);
        if (isKept(of, level)) expect(isKept(of, level - 1)).toBe(true);
      }),
    );
  });
});
