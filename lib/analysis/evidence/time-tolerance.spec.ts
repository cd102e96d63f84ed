import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { randomStream } from '../simulation/random-stream.js';
import { logStartsEvidence } from './starts.js';
import { timeLimits } from './time-tolerance.js';

const SHARE = 0.25;
/** A second of the live environment's times, as quantiles of some distribution: nothing depends on which. */
const TIMES = [200, 300, 340, 420, 500, 610, 750, 900, 1_200, 2_500];

interface Counts {
  canary: number;
  baseline: number;
}

/** Plays requests without a key; times of both drift, faster than any limit follows. */
function played(factor: number, tolerance: number, seed: number, requests = 4_000): number {
  const random = randomStream(seed, Math.round(factor * 100));
  const counts: Counts = { canary: 0, baseline: 0 };
  const limits = timeLimits(1_200, tolerance);
  for (let n = 0; n < requests; n++) {
    const isCanary = random() < SHARE;
    const drift = 1 + 0.5 * Math.sin(n / 40);
    const ms = TIMES[Math.floor(random() * TIMES.length)]! * (0.9 + 0.2 * random()) * drift * (isCanary ? factor : 1);
    if (ms > (isCanary ? limits.canary : limits.live)) counts[isCanary ? 'canary' : 'baseline']++;
  }
  return logStartsEvidence([{ previous: -1, start: 0, share: SHARE, ...counts }], 1).log;
}

describe('a tolerance on times', () => {
  test('gives each arm a limit of its own', () => {
    expect(timeLimits(1_000, 0.2)).toEqual({ live: 1_000, canary: 1_200 });
    expect(timeLimits(1_000, 0)).toEqual({ live: 1_000, canary: 1_000 });
  });

  test('a canary that takes exactly as much longer as is tolerated passes its limit as often as the live one', () => {
    const time = fc.double({ min: 1, max: 1e5, noNaN: true });
    fc.assert(
      fc.property(time, time, fc.integer({ min: 0, max: 16 }), (quantile, ms, sixteenths) => {
        const tolerance = sixteenths / 16;
        const limits = timeLimits(quantile, tolerance);
        fc.pre(Math.abs(ms - quantile) > quantile * 1e-9);
        expect(ms * (1 + tolerance) > limits.canary).toBe(ms > limits.live);
      }),
    );
  });

  test.each([0.2, 1])('inside a tolerance of %d nobody is blamed, though times drift by half', (tolerance) => {
    for (const part of [0, 0.5, 1]) {
      const reverted = Array.from({ length: 40 }, (_, seed) => played(1 + tolerance * part, tolerance, seed));
      expect(reverted.filter((log) => log >= Math.log(40)).length).toBeLessThanOrEqual(1);
    }
  });

  test.each([0.2, 1])('one and a half times beyond a tolerance of %d is found', (tolerance) => {
    const found = Array.from({ length: 10 }, (_, seed) => played((1 + tolerance) * 1.5, tolerance, seed));
    expect(found.every((log) => log >= Math.log(40))).toBe(true);
  });
});
