import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { chanceToFind, stepPower, type StepTraffic } from './power.js';

const HOUR = 3_600_000;
const GATE = { alpha: 0.025 };
/** Requests without a key: 600 an hour for each one failure in a hundred. */
const traffic = (failures: number, weight: number): StepTraffic => ({
  requestsPerHour: failures * 100,
  unitsPerHour: failures * 100,
  failureRate: 0.01,
  weight,
});

describe('what a step can see', () => {
  // Drawn in Python, 200,000 steps each: Poisson counts of both arms, and the e-value of each pair.
  test.each([
    [traffic(30, 0.05), 1 / 8, 3, 0.04],
    [traffic(30, 0.05), 1 / 8, 5, 0.321],
    [{ ...traffic(60, 0.25), requestsPerHour: 6_000 }, 1, 2, 0.3574],
  ] as const)('%j in an hour, with %d of the weight: %d× worse is found with %d', (seen, mixture, ratio, drawn) => {
    expect(chanceToFind(seen, { ...GATE, mixture }, HOUR, ratio)).toBeCloseTo(drawn, 2);
  });

  test('more time, more traffic, a worse canary and more alpha see more', () => {
    const ratio = fc.double({ min: 1.5, max: 20, noNaN: true });
    const count = fc.integer({ min: 5, max: 300 });
    fc.assert(
      fc.property(count, fc.constantFrom(0.05, 0.25, 0.5), ratio, (failures, weight, times) => {
        const seen = traffic(failures, weight);
        const chance = chanceToFind(seen, GATE, HOUR, times);
        expect(chance).toBeGreaterThanOrEqual(0);
        expect(chance).toBeLessThanOrEqual(1);
        expect(chanceToFind(seen, GATE, HOUR, times * 2)).toBeGreaterThanOrEqual(chance - 1e-9);
        expect(chanceToFind(seen, { alpha: 0.05 }, HOUR, times)).toBeGreaterThanOrEqual(chance - 1e-9);
      }),
      { numRuns: 60 },
    );
  });

  test('the time that is needed is the time after which it is seen', () => {
    const seen = traffic(120, 0.05);
    const { needed } = stepPower(seen, GATE, 10 * 60_000);
    expect(chanceToFind(seen, GATE, needed, 3)).toBeGreaterThanOrEqual(0.8);
    expect(chanceToFind(seen, GATE, needed - 10_000, 3)).toBeLessThan(0.8);
    expect(stepPower(seen, GATE, needed).detects).toBeCloseTo(3, 1);
  });

  test('a step that is too short says how much it misses', () => {
    const { detects, misses, needed } = stepPower(traffic(72, 0.05), GATE, 10 * 60_000);
    expect(detects).toBeGreaterThan(10);
    expect(misses).toBeGreaterThan(0.95);
    expect(needed).toBeGreaterThan(HOUR);
  });

  test('returning users are used up: thirty of them never tell', () => {
    const few: StepTraffic = { requestsPerHour: 7_200, unitsPerHour: 30, units: 30, failureRate: 0.01, weight: 0.05 };
    expect(stepPower(few, GATE, HOUR)).toMatchObject({ detects: Infinity, needed: Infinity });
    const many: StepTraffic = { ...few, unitsPerHour: 3_000, units: 3_000 };
    expect(stepPower(many, GATE, HOUR).needed).toBeLessThan(12 * HOUR);
  });

  test('what a returning user is asked counts until a worse canary has failed most of its own', () => {
    const seen: StepTraffic = {
      requestsPerHour: 60_000,
      unitsPerHour: 3_000,
      units: 3_000,
      failureRate: 0.01,
      weight: 0.25,
    };
    expect(chanceToFind(seen, GATE, 10 * HOUR, 3)).toBeGreaterThan(0.99);
    expect(chanceToFind(seen, GATE, 10 * HOUR, 3)).toBe(chanceToFind(seen, GATE, 20 * HOUR, 3));
  });

  test('without traffic nothing is seen', () => {
    const none: StepTraffic = { requestsPerHour: 0, unitsPerHour: 0, failureRate: 0.01, weight: 0.05 };
    expect(stepPower(none, GATE, HOUR)).toEqual({ detects: Infinity, misses: 1, needed: Infinity });
    expect(stepPower({ ...none, requestsPerHour: 900 }, GATE, HOUR).misses).toBe(1);
  });
});
