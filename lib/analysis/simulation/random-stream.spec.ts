import { describe, expect, test } from '@jest/globals';
import { randomStream } from './random-stream.js';

function numbers(stream: number, seed = 9): number[] {
  return Array.from({ length: 20_000 }, randomStream(seed, stream));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function alikeness(a: readonly number[], b: readonly number[]): number {
  return mean(a.map((value, i) => (value - 0.5) * (b[i]! - 0.5)));
}

describe('streams of random numbers', () => {
  test('are even, repeatable and unlike each other', () => {
    expect(numbers(1)).toEqual(numbers(1));
    const [a, b] = [numbers(1), numbers(2)];
    expect(mean(a)).toBeCloseTo(0.5, 2);
    expect(alikeness(a, b)).toBeCloseTo(0, 2);
    expect(Math.min(...a)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...a)).toBeLessThan(1);
  });

  test.each([
    [1, 2 ** 32 + 1],
    [2 ** 32 + 1, 2 ** 33 + 1],
    // As times are, in milliseconds.
    [1_700_000_000_000, 1_700_000_000_000 + 2 ** 32],
  ])('are others for seeds that differ in high bits only: %d and %d', (one, other) => {
    expect(alikeness(numbers(1, one), numbers(1, other))).toBeCloseTo(0, 2);
  });
});
