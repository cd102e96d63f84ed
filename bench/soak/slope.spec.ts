import { describe, expect, test } from '@jest/globals';
import { slope } from './slope.js';

describe('A slope by least squares', () => {
  test('is that of the line, when the points are on one', () => {
    const points = [0, 1, 2, 5].map((x): [number, number] => [x, 3 * x - 7]);
    expect(slope(points)).toBeCloseTo(3);
  });

  test('is none, when they scatter about a level', () => {
    expect(slope([0, 1, 2, 3].map((x): [number, number] => [x, x === 1 || x === 2 ? 5 : 4]))).toBeCloseTo(0);
  });

  test('takes two points', () => {
    expect(() => slope([[1, 1]])).toThrow(RangeError);
  });
});
