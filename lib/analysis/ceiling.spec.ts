import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { chanceOfEver, expectation } from '../../test/support/chances.js';
import { logCeilingEvidence } from './ceiling.js';

const GRID = [1.25, 1.5, 2, 3, 5, 10, 30, 100];

/** Plain products over the same grid of odds. */
function byProducts(failures: number, total: number, ceiling: number): number {
  const rates = GRID.map((multiple) => multiple * (ceiling / (1 - ceiling))).map((odds) => odds / (1 + odds));
  const ratios = rates.map((p) => (p / ceiling) ** failures * ((1 - p) / (1 - ceiling)) ** (total - failures));
  return Math.log(ratios.reduce((sum, value) => sum + value, 0) / GRID.length);
}

describe('the evidence against a ceiling', () => {
  test.each([
    [12, 80, 0.05],
    [1, 1, 0.01],
    [0, 300, 0.01],
    [40, 60, 0.5],
  ])('%d failures of %d under a ceiling of %d', (failures, total, ceiling) => {
    expect(logCeilingEvidence(failures, total, ceiling)).toBeCloseTo(byProducts(failures, total, ceiling), 9);
  });

  test('rises with each failure, falls with each success', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.nat(500), fc.double({ min: 0.001, max: 0.99, noNaN: true }), (bad, good, ceiling) => {
        const now = logCeilingEvidence(bad, bad + good, ceiling);
        expect(logCeilingEvidence(bad + 1, bad + good + 1, ceiling)).toBeGreaterThan(now);
        expect(logCeilingEvidence(bad, bad + good + 1, ceiling)).toBeLessThan(now);
      }),
    );
  });

  test('has a mean of at most one while the ceiling holds', () => {
    for (const rate of [0.05, 0.02, 0.001]) {
      const mean = expectation(60, rate, (bad, good) => Math.exp(logCeilingEvidence(bad, bad + good, 0.05)));
      expect(mean).toBeLessThanOrEqual(1 + 1e-9);
    }
  });

  test('looked at after each of 500 units, it cries wolf with less than alpha', () => {
    const chance = chanceOfEver(500, 0.05, (bad, good) => logCeilingEvidence(bad, bad + good, 0.05) >= Math.log(20));
    expect(chance).toBeGreaterThan(0);
    expect(chance).toBeLessThanOrEqual(0.05);
  });

  test('of nothing is proven by one failure, of everything never; and it stays finite between', () => {
    expect(logCeilingEvidence(1, 100, 0)).toBe(Infinity);
    expect(logCeilingEvidence(0, 100, 0)).toBe(0);
    expect(logCeilingEvidence(100, 100, 1)).toBeCloseTo(0, 12);
    expect(Number.isFinite(logCeilingEvidence(1e9, 2e9, 0.01))).toBe(true);
    expect(Number.isFinite(logCeilingEvidence(0, 1e9, 0.999))).toBe(true);
  });
});
