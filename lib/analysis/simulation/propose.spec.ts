import { describe, expect, test } from '@jest/globals';
import { propose } from './propose.js';
import { simulate } from './simulate.js';
import type { Conditions } from './simulation.js';

const HOUR = 3_600_000;
const EFFORT = { trials: 100, seed: 1 };
const BUSY: Conditions = { requestsPerSecond: 20, baselineRate: 0.01, ratio: 1, alpha: 0.05 };

describe('a proposed schedule', () => {
  test.each([0.7, 2, 20])('at %d requests/s sees what it is to see, in time', (requestsPerSecond) => {
    const conditions = { ...BUSY, requestsPerSecond };
    const proposal = propose({ times: 2, within: 6 * HOUR }, conditions, EFFORT);
    if (proposal.kind !== 'schedule') throw new Error('There is a schedule.');
    const { steps, chance } = proposal;
    expect(chance).toBeGreaterThanOrEqual(0.8);
    expect(steps.reduce((sum, step) => sum + step.duration, 0)).toBeLessThanOrEqual(6 * HOUR);
    expect(steps.at(-1)).toEqual({ weight: 100, duration: 0 });
    const weights = steps.map(({ weight }) => weight);
    expect(weights).toEqual([...new Set(weights)].toSorted((a, b) => a - b));
    for (const { duration } of steps.slice(1)) expect(duration).toBeLessThanOrEqual(steps[0]!.duration);
    for (const { duration } of steps) expect(duration % 60_000).toBe(0);
    const again = simulate(steps, conditions, EFFORT).caught.find(({ times }) => times === 2);
    expect(again?.chance).toBeGreaterThanOrEqual(0.75);
  });

  test('begins the lower the more traffic there is', () => {
    const first = [1, 20].map((requestsPerSecond) => {
      const found = propose({ times: 2, within: 4 * HOUR }, { ...BUSY, requestsPerSecond }, EFFORT);
      return found.kind === 'schedule' ? found.steps[0]!.weight : undefined;
    });
    expect(first[1]).toBeLessThan(first[0]!);
  });

  test('is not there when there is no time for it: then it says how long it takes', () => {
    const found = propose({ times: 2, within: HOUR }, { ...BUSY, requestsPerSecond: 0.1 }, EFFORT);
    expect(found.kind).toBe('impossible');
    expect(found.kind === 'impossible' && found.needed! > HOUR).toBe(true);
  });

  test('is not there for what cannot be told from what is tolerated', () => {
    const found = propose({ times: 1.05, within: 24 * HOUR }, BUSY, { trials: 10, seed: 1 });
    expect(found).toEqual({ kind: 'impossible', needed: null });
  });
});
