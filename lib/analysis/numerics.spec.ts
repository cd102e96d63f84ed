import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { firstWhere, firstWholeWhere, logGamma, logSumExp } from './numerics.js';

/** Natural logarithm of a whole number of any length, from its first digits and how many follow. */
function logOf(big: bigint): number {
  const digits = big.toString();
  return Math.log(Number(`0.${digits}`)) + digits.length * Math.LN10;
}

function factorial(n: number): bigint {
  return n < 2 ? 1n : BigInt(n) * factorial(n - 1);
}

describe('logGamma', () => {
  test.each([1, 2, 3, 5, 10, 14, 15, 16, 50, 171, 1000])('of %d is the logarithm of a factorial', (n) => {
    expect(logGamma(n)).toBeCloseTo(logOf(factorial(n - 1)), 9);
  });

  test.each([0, 1, 7, 15, 40])('of %d and a half has a closed form', (n) => {
    const exact = logOf(factorial(2 * n)) - logOf(factorial(n)) - n * Math.log(4) + Math.log(Math.PI) / 2;
    expect(logGamma(n + 0.5)).toBeCloseTo(exact, 10);
  });

  test.each([1e-3, 0.1, 0.37, 3.7, 14.99, 15.01, 1e3])('and the next one differ by ln %d', (x) => {
    expect(logGamma(x + 1) - logGamma(x)).toBeCloseTo(Math.log(x), 10);
  });

  test.each([15, 16, 17, 20])('of %d is right to its last digits, where the series begins', (n) => {
    expect(logGamma(n) / Math.log(Number(factorial(n - 1))) - 1).toBeCloseTo(0, 14);
  });

  test('of a billion is right to its last digits', () => {
    expect(logGamma(1e9) / 19723265827.50371).toBeCloseTo(1, 14);
  });
});

describe('logSumExp', () => {
  test('is what it says where that can be computed', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -20, max: 20, noNaN: true }), { minLength: 1 }), (values) => {
        expect(logSumExp(values)).toBeCloseTo(Math.log(values.reduce((sum, value) => sum + Math.exp(value), 0)), 9);
      }),
    );
  });

  test('works where the exponentials are out of range, and for nothing', () => {
    expect(logSumExp([5000, 5000])).toBeCloseTo(5000 + Math.LN2, 9);
    expect(logSumExp([-5000, -9000])).toBeCloseTo(-5000, 9);
    expect(logSumExp([])).toBe(-Infinity);
    expect(logSumExp([Infinity, 0])).toBe(Infinity);
  });
});

describe('the first place where a condition holds', () => {
  test('is found among real numbers', () => {
    expect(firstWhere((x) => x * x >= 2, 0, 2)).toBeCloseTo(Math.SQRT2, 14);
    expect(firstWhere(() => false, 0, 7)).toBe(7);
  });

  test('is found as precisely as asked for, with no more tries than that takes', () => {
    let tries = 0;
    const place = firstWhere((x) => ++tries > 0 && x >= 0.3, 0, 1, 1 / 64);
    expect(place).toBeGreaterThanOrEqual(0.3);
    expect(place).toBeLessThanOrEqual(0.3 + 1 / 64);
    expect(tries).toBe(6);
  });

  test('is found among whole numbers with tries that grow with its digits, not with the limit', () => {
    let tries = 0;
    expect(firstWholeWhere((n) => ++tries > 0 && n >= 5, 1e9)).toBe(5);
    expect(tries).toBeLessThanOrEqual(8);
  });

  test('is found among whole numbers, or is nowhere', () => {
    fc.assert(
      fc.property(fc.nat(1e6), (place) => {
        expect(firstWholeWhere((n) => n >= place, 1e6)).toBe(place);
      }),
    );
    expect(firstWholeWhere((n) => n > 100, 100)).toBe(Infinity);
    expect(firstWholeWhere((n) => n >= 100, 100)).toBe(100);
    expect(firstWholeWhere(() => true, 100)).toBe(0);
  });
});
