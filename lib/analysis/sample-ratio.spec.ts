import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { chanceOfEver, expectation } from '../../test/support/chances.js';
import { logAssignmentEvidence, type SegmentAssignments } from './sample-ratio.js';

/** One unit after the other: what the prior and the units before say of its arm, over what the weights say. */
function byPredictions({ weights, units }: SegmentAssignments): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const seen = weights.map(() => 0);
  let factor = 1;
  let count = 0;
  units.forEach((times, arm) => {
    const expected = weights[arm]! / total;
    for (let i = 0; i < times; i++) {
      factor *= (100 * expected + seen[arm]!) / (100 + count) / expected;
      seen[arm]!++;
      count++;
    }
  });
  return Math.log(factor);
}

const two = (canary: number, live: number, weights = [5, 95]) =>
  logAssignmentEvidence([{ weights, units: [canary, live] }]);

describe('the evidence that units were not assigned by the weights', () => {
  test.each([
    [
      [5, 95],
      [7, 93],
    ],
    [
      [5, 95],
      [20, 80],
    ],
    [
      [50, 50],
      [30, 70],
    ],
    [
      [20, 30, 50],
      [15, 20, 30],
    ],
  ])('weights %j, units %j', (weights, units) => {
    expect(logAssignmentEvidence([{ weights, units }])).toBeCloseTo(byPredictions({ weights, units }), 9);
  });

  test('sees too many as well as too few', () => {
    expect(two(50, 950)).toBeLessThan(0);
    expect(two(100, 900)).toBeGreaterThan(Math.log(100));
    expect(two(5, 995)).toBeGreaterThan(Math.log(100));
  });

  test('multiplies over stretches, in any order', () => {
    const a = { weights: [5, 95], units: [9, 91] };
    const b = { weights: [25, 75], units: [40, 60] };
    const together = logAssignmentEvidence([a, b]);
    expect(together).toBeCloseTo(logAssignmentEvidence([a]) + logAssignmentEvidence([b]), 12);
    expect(logAssignmentEvidence([b, a])).toBeCloseTo(together, 12);
  });

  test('is none without units, and takes weights of any scale', () => {
    expect(logAssignmentEvidence([])).toBe(0);
    expect(two(0, 0)).toBeCloseTo(0, 12);
    expect(two(9, 91, [0.05, 0.95])).toBeCloseTo(two(9, 91), 9);
  });

  test('leaves out an arm without weight', () => {
    expect(logAssignmentEvidence([{ weights: [0, 5, 95], units: [3, 9, 91] }])).toBeCloseTo(two(9, 91), 12);
    expect(logAssignmentEvidence([{ weights: [0, 0], units: [3, 9] }])).toBeCloseTo(0, 12);
  });

  test('has a mean of one while the weights hold', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 0.99, noNaN: true }), fc.nat(40), (share, units) => {
        const value = (canary: number, live: number) => Math.exp(two(canary, live, [share, 1 - share]));
        expect(expectation(units, share, value)).toBeCloseTo(1, 6);
      }),
    );
  });

  test('looked at after each of 500 units, it cries wolf with less than alpha', () => {
    expect(chanceOfEver(500, 0.05, (canary, live) => two(canary, live) >= Math.log(20))).toBeLessThanOrEqual(0.05);
  });

  test('stays finite, and right, for a billion units', () => {
    expect(two(5e7, 95e7)).toBeLessThan(0);
    expect(two(5.1e7, 94.9e7)).toBeGreaterThan(1e4);
  });
});
