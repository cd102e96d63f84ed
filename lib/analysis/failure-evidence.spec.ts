import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { logFailureEvidence } from './failure-evidence.js';

const GRID = [1.25, 1.5, 2, 3, 5, 10, 30, 100];

/** The same by the other route: plain products of probabilities, no logarithm before the end. */
function byProducts(share: number, canary: number, baseline: number, ratio: number): number {
  const theta = (times: number) => (share * times) / (share * times + (1 - share));
  const [p0] = [theta(ratio)];
  const ratios = GRID.map((m) => (theta(ratio * m) / p0) ** canary * ((1 - theta(ratio * m)) / (1 - p0)) ** baseline);
  return Math.log(ratios.reduce((sum, value) => sum + value, 0) / GRID.length);
}

describe('the evidence that a canary fails more often', () => {
  test.each([
    [0.05, 3, 0, 1],
    [0.05, 2, 38, 1],
    [0.25, 10, 12, 1],
    [0.5, 4, 9, 1.1],
  ])('at a share of %d with %d and %d failures, tolerating %d', (share, canary, baseline, ratio) => {
    const evidence = logFailureEvidence([{ share, canary, baseline }], ratio);
    expect(evidence).toBeCloseTo(byProducts(share, canary, baseline, ratio), 10);
  });

  test('three failures in a row at 5 % are enough for alpha 0.01', () => {
    expect(logFailureEvidence([{ share: 0.05, canary: 3, baseline: 0 }], 1)).toBeGreaterThan(Math.log(100));
    expect(logFailureEvidence([{ share: 0.05, canary: 2, baseline: 0 }], 1)).toBeLessThan(Math.log(100));
  });

  test('is none without failures, and none while one arm has all of the traffic', () => {
    expect(logFailureEvidence([], 1)).toBeCloseTo(0, 12);
    expect(logFailureEvidence([{ share: 0.05, canary: 0, baseline: 0 }], 1)).toBeCloseTo(0, 12);
    expect(logFailureEvidence([{ share: 1, canary: 50, baseline: 0 }], 1)).toBeCloseTo(0, 12);
  });

  test('of an outage that hits both arms as their shares have it speaks for the canary', () => {
    expect(logFailureEvidence([{ share: 0.05, canary: 50, baseline: 950 }], 1)).toBeLessThan(0);
  });

  test('stays finite for counts of any size', () => {
    expect(Number.isFinite(logFailureEvidence([{ share: 0.05, canary: 1e7, baseline: 0 }], 1))).toBe(true);
    expect(Number.isFinite(logFailureEvidence([{ share: 0.05, canary: 0, baseline: 1e7 }], 1))).toBe(true);
  });

  const segment = fc.record({
    share: fc.double({ min: 0.01, max: 0.99, noNaN: true }),
    canary: fc.integer({ min: 0, max: 200 }),
    baseline: fc.integer({ min: 0, max: 200 }),
  });

  test('a failure of the canary raises it, one of the baseline lowers it', () => {
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 5 }), segment, (others, { share, canary, baseline }) => {
        const at = (c: number, b: number) => logFailureEvidence([...others, { share, canary: c, baseline: b }], 1);
        expect(at(canary + 1, baseline)).toBeGreaterThan(at(canary, baseline));
        expect(at(canary, baseline + 1)).toBeLessThan(at(canary, baseline));
      }),
    );
  });

  test('does not depend on how a stretch is cut into pieces', () => {
    fc.assert(
      fc.property(segment, segment, (a, b) => {
        const whole = { share: a.share, canary: a.canary + b.canary, baseline: a.baseline + b.baseline };
        const pieces = [a, { ...b, share: a.share }];
        expect(logFailureEvidence(pieces, 1)).toBeCloseTo(logFailureEvidence([whole], 1), 6);
      }),
    );
  });

  test('is an e-value: its mean under the null hypothesis is at most one, for every number of failures', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.02, max: 0.98, noNaN: true }),
        fc.integer({ min: 0, max: 25 }),
        (share, failures) => {
          let mean = 0;
          for (let canary = 0; canary <= failures; canary++) {
            const probability = binomial(failures, canary) * share ** canary * (1 - share) ** (failures - canary);
            mean += probability * Math.exp(logFailureEvidence([{ share, canary, baseline: failures - canary }], 1));
          }
          expect(mean).toBeCloseTo(1, 6);
        },
      ),
    );
  });
});

function binomial(n: number, k: number): number {
  let result = 1;
  for (let i = 1; i <= k; i++) result = (result * (n - k + i)) / i;
  return result;
}
