import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { logCeilingEvidence } from './ceiling-evidence.js';
import { detectableRatio, failuresToDecide, logFailureEvidence } from './failure-evidence.js';
import { halfWidth, meanDifference, variance } from './mean-difference.js';
import { logBeta, logGamma, logSumExp } from './numerics.js';
import { logSampleRatioEvidence } from './sample-ratio.js';

const choose = (n: number, k: number): number =>
  Array.from({ length: k }).reduce<number>((c, _, i) => (c * (n - i)) / (i + 1), 1);
const binomial = (n: number, k: number, p: number): number => choose(n, k) * p ** k * (1 - p) ** (n - k);
const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));

const sums = (values: readonly number[]) => ({
  count: values.length,
  sum: values.reduce((a, b) => a + b, 0),
  squares: values.reduce((a, b) => a + b * b, 0),
});

const LIMIT = Math.log(100);
const withCanary = (canary: number) => logFailureEvidence([{ share: 0.05, canary, baseline: 30 }], 1);
const detectableWith = (baseline: number) => detectableRatio([{ share: 0.05, canary: 0, baseline }], 1, LIMIT);

describe('numbers', () => {
  test('ln Γ of whole numbers is that of factorials, of halves that of √π', () => {
    for (let n = 1; n < 20; n++) expect(logGamma(n)).toBeCloseTo(Math.log(factorial(n - 1)), 10);
    expect(logGamma(0.5)).toBeCloseTo(0.5 * Math.log(Math.PI), 12);
    expect(logGamma(0.1)).toBeCloseTo(2.2527126517342055, 10);
    expect(logGamma(1e6)).toBeCloseTo(12_815_504.569147, 5);
  });

  test('ln B is what its integral is', () => {
    const steps = 200_000;
    let sum = 0;
    for (let i = 0; i < steps; i++) sum += (((i + 0.5) / steps) ** 2.5 * (1 - (i + 0.5) / steps) ** 1.5) / steps;
    expect(logBeta(3.5, 2.5)).toBeCloseTo(Math.log(sum), 8);
  });

  test('exponentials out of range are summed', () => {
    expect(logSumExp([1_000, 1_000])).toBeCloseTo(1_000 + Math.LN2, 10);
    expect(logSumExp([-1_000, -1_000])).toBeCloseTo(-1_000 + Math.LN2, 10);
  });
});

/** The mean of the e-value over everything that may happen, each with its probability. */
describe('an e-value is worth at most 1 on average while nothing is wrong', () => {
  test.each([
    [0.05, 1],
    [0.25, 1.2],
    [0.5, 1],
    [0.9, 1],
  ])('failures, at a share of %d, tolerating %d', (share, ratio) => {
    const n = 40;
    const theta = (share * ratio) / (share * ratio + 1 - share);
    let mean = 0;
    for (let k = 0; k <= n; k++) {
      mean += binomial(n, k, theta) * Math.exp(logFailureEvidence([{ share, canary: k, baseline: n - k }], ratio));
    }
    expect(mean).toBeCloseTo(1, 6);
  });

  test.each([0.01, 0.05, 0.5, 0.99])('a ceiling of %d', (ceiling) => {
    const n = 40;
    let mean = 0;
    for (let k = 0; k <= n; k++) mean += binomial(n, k, ceiling) * Math.exp(logCeilingEvidence(n, k, ceiling));
    expect(mean).toBeCloseTo(1, 6);
  });

  test.each([0.05, 0.5])('the split, at a share of %d', (share) => {
    const n = 40;
    let mean = 0;
    for (let k = 0; k <= n; k++) {
      mean += binomial(n, k, share) * Math.exp(logSampleRatioEvidence([{ share, canary: k, baseline: n - k }]));
    }
    expect(mean).toBeCloseTo(1, 6);
  });
});

describe('a ceiling', () => {
  test('is the product of likelihood ratios, averaged', () => {
    const byHand = [1.25, 1.5, 2, 3, 5, 10].map((m) => m ** 4 * ((1 - 0.05 * m) / 0.95) ** 16);
    expect(logCeilingEvidence(20, 4, 0.05)).toBeCloseTo(Math.log(byHand.reduce((a, b) => a + b) / byHand.length), 10);
  });

  test('is broken by a few failures in a row, and never by success', () => {
    expect(logCeilingEvidence(4, 4, 0.05)).toBeGreaterThan(Math.log(200));
    fc.assert(
      fc.property(fc.nat(10_000), fc.double({ min: 0.001, max: 0.9, noNaN: true }), (n, ceiling) => {
        expect(logCeilingEvidence(n, 0, ceiling)).toBeLessThanOrEqual(1e-9);
      }),
    );
  });
});

describe('a split', () => {
  test('that is as the weights say is no evidence, however many units there are', () => {
    for (const n of [100, 10_000, 1_000_000]) {
      expect(logSampleRatioEvidence([{ share: 0.05, canary: 0.05 * n, baseline: 0.95 * n }])).toBeLessThan(0);
    }
  });

  test('that is off in either direction is, and more so with every segment', () => {
    const high = { share: 0.05, canary: 100, baseline: 900 };
    const low = { share: 0.5, canary: 400, baseline: 600 };
    expect(logSampleRatioEvidence([high])).toBeGreaterThan(Math.log(1_000));
    expect(logSampleRatioEvidence([low])).toBeGreaterThan(Math.log(1_000));
    expect(logSampleRatioEvidence([high, low])).toBeCloseTo(
      logSampleRatioEvidence([high]) + logSampleRatioEvidence([low]),
      8,
    );
  });
});

describe('a difference of means', () => {
  test('has the variance of its samples', () => {
    const values = [1, 2, 4, 8];
    const mean = 3.75;
    expect(variance(sums(values))).toBeCloseTo(values.reduce((s, v) => s + (v - mean) ** 2, 0) / 3, 12);
    expect(variance({ count: 3, sum: 0.3, squares: 0.03 })).toBe(0);
  });

  test('says nothing below 50 samples in one of the arms', () => {
    const many = sums(Array.from({ length: 100 }, (_, i) => i % 2));
    expect(meanDifference(many, sums([1, 2, 3]), 0.05)).toBeUndefined();
    expect(meanDifference(many, many, 0.05)).toMatchObject({ difference: 0 });
  });

  test('is as wide as the formula of the paper says', () => {
    const [alpha, n, squaredError] = [0.025, 2_000, 0.0001];
    const rho2 = (-2 * Math.log(2 * alpha) + Math.log(1 - 2 * Math.log(2 * alpha))) / 5_000;
    const inner = (2 * (n * rho2 + 1)) / (n ** 2 * rho2);
    const expected = Math.sqrt(squaredError * n * inner * Math.log(1 + Math.sqrt(n * rho2 + 1) / (2 * alpha)));
    expect(halfWidth(squaredError, n, alpha)).toBeCloseTo(expected, 12);
  });
});

describe('what it would take', () => {
  test('is the number of failures that take the evidence over its limit, and not one fewer', () => {
    const segments = [{ share: 0.05, canary: 1, baseline: 30 }];
    const more = failuresToDecide(segments, 1, LIMIT)!;
    expect(withCanary(1 + more)).toBeGreaterThanOrEqual(LIMIT);
    expect(withCanary(more)).toBeLessThan(LIMIT);
  });

  test('is unknown where there is nobody to compare with', () => {
    expect(failuresToDecide([{ share: 1, canary: 9, baseline: 0 }], 1, LIMIT)).toBeUndefined();
    expect(failuresToDecide([], 1, LIMIT)).toBeUndefined();
  });

  test('smaller ratios are found with more failures of the live environment', () => {
    expect(detectableWith(0)).toBeUndefined();
    expect(detectableWith(1_000)!).toBeLessThan(detectableWith(30)!);
  });
});
