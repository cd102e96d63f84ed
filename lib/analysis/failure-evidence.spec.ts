import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { chanceOfEver, expectation } from '../../test/support/chances.js';
import { logFailureEvidence, type SegmentFailures } from './failure-evidence.js';

/** As fractions, so that whole numbers of any length can tell exactly what the formula comes to. */
const WORSE = [[5, 4], [3, 2], [2, 1], [3, 1], [5, 1], [10, 1], [30, 1], [100, 1]] as const; // prettier-ignore

/** The logarithm of the mixture at a share of `parts` in `of`: products of fractions, no logarithm before the end. */
function exactly([parts, of, canary, baseline]: readonly number[]) {
  const [w, all] = [BigInt(parts!), BigInt(of!)];
  const [c, b] = [BigInt(canary!), BigInt(baseline!)];
  const SCALE = 10n ** 60n;
  let sum = 0n;
  for (const [above, below] of WORSE) {
    // θ/θ0 = m / (1 + w(m − 1)) and (1−θ)/(1−θ0) = 1 / (1 + w(m − 1)), with m = above / below.
    const denominator = BigInt(below) * all + w * (BigInt(above) - BigInt(below));
    sum += (SCALE * (BigInt(above) * all) ** c * (BigInt(below) * all) ** b) / denominator ** (c + b);
  }
  const digits = (sum / BigInt(WORSE.length)).toString();
  return Math.log(Number(`0.${digits}`)) + (digits.length - 60) * Math.LN10;
}

const CASES = [
  [1, 20, 3, 0],
  [1, 20, 2, 38],
  [1, 4, 10, 12],
  [1, 2, 4, 9],
  [1, 100, 40, 1500],
  [19, 20, 60, 1],
];
const segment = fc.record({
  share: fc.double({ min: 0.001, max: 0.999, noNaN: true }),
  canary: fc.nat(200),
  baseline: fc.nat(200),
});
const segments = fc.array(segment, { maxLength: 6 });
const ratio = fc.double({ min: 0.5, max: 3, noNaN: true });

function shareOfFailures(share: number, times: number): number {
  return (share * times) / (share * times + 1 - share);
}

describe('the evidence that a canary fails more often', () => {
  test.each(CASES)('at a share of %d in %d with %d and %d failures', (...numbers) => {
    const [parts, of, canary, baseline] = numbers as [number, number, number, number];
    const seen: SegmentFailures[] = [{ share: parts / of, canary, baseline }];
    expect(logFailureEvidence(seen, 1)).toBeCloseTo(exactly(numbers), 9);
  });

  test('three failures in a row at 5% are enough for alpha 0.01', () => {
    expect(logFailureEvidence([{ share: 0.05, canary: 3, baseline: 0 }], 1)).toBeGreaterThan(Math.log(100));
    expect(logFailureEvidence([{ share: 0.05, canary: 2, baseline: 0 }], 1)).toBeLessThan(Math.log(100));
  });

  test('is none without failures, and none while one arm has all of the traffic', () => {
    const nothing = [0, 1, -1, 2, NaN].map((share) => ({ share, canary: 50, baseline: 3 }));
    for (const seen of [[], [{ share: 0.05, canary: 0, baseline: 0 }], nothing]) {
      expect(logFailureEvidence(seen, 1)).toBeCloseTo(0, 12);
    }
  });

  test('an outage that hits both arms by their shares speaks for the canary', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 1, max: 1000 }), (percent, times) => {
        const seen = [{ share: percent / 100, canary: percent * times, baseline: (100 - percent) * times }];
        expect(logFailureEvidence(seen, 1)).toBeLessThan(0);
      }),
    );
  });

  test('stays finite for counts of any size, at any share', () => {
    for (const share of [1e-12, 0.05, 0.5, 1 - 1e-12]) {
      for (const [canary, baseline] of [[1e9, 0], [0, 1e9], [1e9, 1e9]] as const /* prettier-ignore */) {
        expect(Number.isFinite(logFailureEvidence([{ share, canary, baseline }], 1))).toBe(true);
      }
    }
  });

  test('a failure of the canary raises it, one of the baseline lowers it', () => {
    fc.assert(
      fc.property(segments, segment, ratio, (others, last, tolerated) => {
        const more = [...others, { ...last, canary: last.canary + 1 }];
        const less = [...others, { ...last, baseline: last.baseline + 1 }];
        const now = [...others, last];
        expect(logFailureEvidence(more, tolerated)).toBeGreaterThan(logFailureEvidence(now, tolerated));
        expect(logFailureEvidence(less, tolerated)).toBeLessThan(logFailureEvidence(now, tolerated));
      }),
    );
  });

  test('depends neither on the order of stretches nor on how one is cut into pieces', () => {
    fc.assert(
      fc.property(segments, segment, segment, (others, a, b) => {
        const whole = { share: a.share, canary: a.canary + b.canary, baseline: a.baseline + b.baseline };
        const evidence = logFailureEvidence([whole, ...others], 1);
        const rearranged = logFailureEvidence([{ ...b, share: a.share }, ...others.toReversed(), a], 1);
        expect(Math.abs(rearranged - evidence)).toBeLessThan(1e-9 * (1 + Math.abs(evidence)));
      }),
    );
  });

  test('is an e-value: no better canary makes its mean more than one, for any number of failures', () => {
    const share = fc.double({ min: 0.02, max: 0.98, noNaN: true });
    const goodness = fc.double({ min: 0.1, max: 1, noNaN: true });
    fc.assert(
      fc.property(share, ratio, goodness, fc.nat(25), (w, tolerated, good, failures) => {
        const worse = (canary: number, baseline: number) =>
          Math.exp(logFailureEvidence([{ share: w, canary, baseline }], tolerated));
        const atLimit = shareOfFailures(w, tolerated);
        expect(expectation(failures, atLimit, worse)).toBeCloseTo(1, 6);
        expect(expectation(failures, shareOfFailures(w, tolerated * good), worse)).toBeLessThanOrEqual(1 + 1e-9);
      }),
    );
  });

  test.each([
    [0.05, 0.01],
    [0.05, 0.05],
    [0.5, 0.05],
  ])('looked at after each of 300 failures, at a share of %d, it cries wolf with less than %d', (share, alpha) => {
    const alarm = (canary: number, baseline: number) =>
      logFailureEvidence([{ share, canary, baseline }], 1) >= -Math.log(alpha);
    const chance = chanceOfEver(300, share, alarm);
    expect(chance).toBeGreaterThan(0);
    expect(chance).toBeLessThanOrEqual(alpha);
  });
});
