import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { randomStream } from '../simulation/random-stream.js';
import { bucketMeanDifference, emptyBuckets } from './bucket-means.js';
import type { UnitBuckets } from '../../domain/figures.js';
import { BUCKETS, bucketOf, secondHash } from '../../kit/second-hash.js';

/** Values that a program in Python made up in the same way. */
function made(arm: number): UnitBuckets {
  const { counts, sums } = emptyBuckets();
  for (let b = 0; b < BUCKETS; b++) {
    counts[b] = (b * 7 + 3 * arm) % 11;
    for (let i = 0; i < counts[b]!; i++) sums[b]! += ((b * 13 + i * 5 + arm) % 17) / 4;
  }
  return { counts, sums };
}

const value = fc.double({ min: 0, max: 100, noNaN: true });
const arm = fc
  .tuple(
    fc.array(fc.integer({ min: 1, max: 20 }), { minLength: BUCKETS, maxLength: BUCKETS }),
    fc.array(value, { minLength: BUCKETS, maxLength: BUCKETS }),
  )
  .map(([counts, means]) => ({ counts, sums: counts.map((n, b) => n * means[b]!) }));

describe('the difference of two means by buckets of units', () => {
  // Straight from the two formulas, in Python: difference, and half of the width at alpha 0.005, tuned for 5,000.
  test('comes to what the formulas say', () => {
    const found = bucketMeanDifference({ canary: made(0), baseline: made(1) }, 0.005)!;
    expect(found.difference).toBeCloseTo(0.020_148_178, 8);
    expect(found.upper - found.difference).toBeCloseTo(0.201_899_909, 8);
    expect(found.difference - found.lower).toBeCloseTo(0.201_899_909, 8);
  });

  test('says nothing below 30 buckets with values in either arm', () => {
    const few = emptyBuckets();
    for (let b = 0; b < 29; b++) few.counts[b] = 5;
    const many = made(1);
    expect(bucketMeanDifference({ canary: few, baseline: many }, 0.01)).toBeUndefined();
    expect(bucketMeanDifference({ canary: many, baseline: few }, 0.01)).toBeUndefined();
    few.counts[40] = 1;
    expect(bucketMeanDifference({ canary: few, baseline: many }, 0.01)).toBeDefined();
    expect(bucketMeanDifference({ canary: emptyBuckets(), baseline: emptyBuckets() }, 0.01)).toBeUndefined();
  });

  test('does not depend on the unit of the values, nor on the order of the buckets', () => {
    fc.assert(
      fc.property(arm, arm, fc.double({ min: 0.01, max: 100, noNaN: true }), (canary, baseline, scale) => {
        const plain = bucketMeanDifference({ canary, baseline }, 0.01)!;
        const turned = ({ counts, sums }: UnitBuckets): UnitBuckets => ({
          counts: counts.toReversed(),
          sums: sums.map((sum) => sum * scale).toReversed(),
        });
        const other = bucketMeanDifference({ canary: turned(canary), baseline: turned(baseline) }, 0.01)!;
        expect(other.lower / scale).toBeCloseTo(plain.lower, 6);
        expect(other.upper / scale).toBeCloseTo(plain.upper, 6);
      }),
    );
  });

  test('is the same for both, with its sign turned, when the arms change places', () => {
    fc.assert(
      fc.property(arm, arm, (canary, baseline) => {
        const one = bucketMeanDifference({ canary, baseline }, 0.01)!;
        const other = bucketMeanDifference({ canary: baseline, baseline: canary }, 0.01)!;
        expect(one.lower).toBeCloseTo(-other.upper, 9);
      }),
    );
  });

  test('one user with a tenth of the traffic, five times as dear, does not make an arm dearer', () => {
    let failed = 0;
    for (let trial = 0; trial < 200; trial++) {
      const random = randomStream(11, trial);
      const arms = { canary: emptyBuckets(), baseline: emptyBuckets() };
      for (let n = 0; n < 2_000; n++) {
        const user = random() < 0.1 ? 0 : 1 + Math.floor(random() * 300);
        const unit = Math.floor(randomStream(trial, user)() * 2 ** 32);
        const { counts, sums } = arms[unit < 2 ** 31 ? 'canary' : 'baseline'];
        const bucket = bucketOf(secondHash(unit));
        counts[bucket]!++;
        sums[bucket]! += (user === 0 ? 5 : 1) * (0.5 + random());
      }
      const found = bucketMeanDifference(arms, 0.025)!;
      if (found.lower > 0 || found.upper < 0) failed++;
    }
    expect(failed).toBeLessThanOrEqual(10);
  });
});
