import { describe, expect, test } from '@jest/globals';
import { slopeOf } from './slope.js';

describe('A slope by least squares', () => {
  test('is that of the line, without error, when the points are on one', () => {
    const { slope, error } = slopeOf([0, 1, 2, 5].map((x) => [x, 3 * x - 7]));
    expect(slope).toBeCloseTo(3);
    expect(error).toBeCloseTo(0);
  });

  test('is none, with an error, when they scatter about a level', () => {
    const { slope, error } = slopeOf([4, 5, 5, 4].map((y, x) => [x, y]));
    expect(slope).toBeCloseTo(0);
    // The rest is 4 × 0.5², on two degrees of freedom, over a spread of 5.
    expect(error).toBeCloseTo(Math.sqrt(0.5 / 5));
  });

  test('takes three points, and not all at one place', () => {
    expect(() => slopeOf([1, 2].map((y, x) => [x, y]))).toThrow(RangeError);
    expect(() => slopeOf([1, 2, 3].map((y) => [1, y]))).toThrow(RangeError);
  });
});
