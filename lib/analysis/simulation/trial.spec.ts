import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { logFailureEvidence } from '../failure-evidence.js';
import { randomStream } from './random-stream.js';
import { EvidenceWatch, playTrial, type SimulatedRollout } from './trial.js';

const SURE: SimulatedRollout = {
  stretches: [{ share: 0.05, requests: 1_000 }],
  baselineRate: 0,
  canaryRate: 1,
  ratio: 1,
  alpha: 0.01,
};

/** Ends of that many trials, in order. */
function ends(trial: SimulatedRollout, count: number): number[] {
  return Array.from({ length: count }, (_, n) => playTrial(trial, randomStream(1, n))).toSorted((a, b) => a - b);
}

describe('a trial', () => {
  test('of a canary that always fails ends with its third request', () => {
    const [median] = ends(SURE, 201).slice(100);
    expect(median).toBeGreaterThan(45);
    expect(median).toBeLessThan(62);
  });

  test('without failures is never reverted, nor where there is nobody to compare with', () => {
    const nobody = { ...SURE, stretches: [{ share: 0, requests: 1e6 }, { share: 1, requests: 1e6 }] }; // prettier-ignore
    expect(playTrial({ ...SURE, canaryRate: 0 }, randomStream(1, 1))).toBe(Infinity);
    expect(playTrial(nobody, randomStream(1, 1))).toBe(Infinity);
  });

  test.each([0, 1])('lets a stretch at a share of %d go by: what follows goes as it would without it', (share) => {
    const long = { ...SURE, baselineRate: 0.01, canaryRate: 0.05, stretches: [{ share: 0.25, requests: 1e5 }] };
    const later = { ...long, stretches: [{ share, requests: 5_000 }, ...long.stretches] };
    for (const stream of [1, 2, 3]) {
      const end = playTrial(long, randomStream(1, stream));
      expect(playTrial(later, randomStream(1, stream))).toBe(5_000 + end);
    }
  });

  test('counts the last request of a stretch, and nothing behind it', () => {
    const end = playTrial(SURE, randomStream(1, 1));
    const upTo = (requests: number) => ({ ...SURE, stretches: [{ share: 0.05, requests }] });
    expect(playTrial(upTo(end), randomStream(1, 1))).toBe(end);
    expect(playTrial(upTo(end - 1), randomStream(1, 1))).toBe(Infinity);
  });

  test('keeps its evidence from stretch to stretch, and counts the requests of all', () => {
    const short = { share: 0.05, requests: 400 };
    const long = { ...SURE, baselineRate: 0.01, canaryRate: 0.05 };
    const one = ends({ ...long, stretches: [short] }, 300);
    const six = ends({ ...long, stretches: Array.from({ length: 6 }, () => short) }, 300);
    expect(six.filter(Number.isFinite).length).toBeGreaterThan(3 * one.filter(Number.isFinite).length);
    expect(Math.max(...six.filter(Number.isFinite))).toBeGreaterThan(400);
  });

  test('finds a canary five times worse after as many requests as a look at each of them does', () => {
    const trial = { ...SURE, baselineRate: 0.01, canaryRate: 0.05, stretches: [{ share: 0.05, requests: 1e6 }] };
    const median = ends(trial, 1_001)[500]! * 0.05;
    expect(median).toBeGreaterThan(136 * 0.9);
    expect(median).toBeLessThan(136 * 1.15);
  });
});

/** The part of the trials that is reverted. */
const found = (trial: SimulatedRollout): number => ends(trial, 300).filter(Number.isFinite).length / 300;

describe('users who come back', () => {
  const bad = { ...SURE, baselineRate: 0.01, canaryRate: 0.05, stretches: [{ share: 0.25, requests: 1e5 }] };

  test('are used up: so few of them cannot tell what thousands do', () => {
    expect(found(bad)).toBe(1);
    expect(found({ ...bad, users: 1e9 })).toBe(1);
    expect(found({ ...bad, users: 40 })).toBeLessThan(0.2);
  });

  test('who move to the canary are not counted again', () => {
    const always = { ...SURE, baselineRate: 1, canaryRate: 1, users: 50 };
    const stretches = [{ share: 0.02, requests: 5_000 }, { share: 0.98, requests: 5_000 }]; // prettier-ignore
    expect(found({ ...always, stretches })).toBe(0);
  });

  test('and ask again take requests, and are no more evidence', () => {
    const [plain] = ends({ ...bad, stretches: [{ share: 0.25, requests: 1e6 }] }, 301).slice(150);
    const [patient] = ends({ ...bad, retries: 6, stretches: [{ share: 0.25, requests: 1e6 }] }, 301).slice(150);
    expect(patient! / plain!).toBeGreaterThan(0.95);
    expect(patient! / plain!).toBeLessThan(1.3);
  });
});

test('a gate that looks at more than this comparison finds less with it', () => {
  const trial = { ...SURE, baselineRate: 0.01, canaryRate: 0.05, stretches: [{ share: 0.05, requests: 2_000 }] };
  expect(found({ ...trial, mixture: 1 / 8 })).toBeLessThan(found(trial));
});

test('a watch says at every failure what the evidence says, though it does not always compute it', () => {
  const failures = fc.array(fc.record({ newShare: fc.option(fc.constantFrom(0, 0.05, 0.5, 1)), isCanary: fc.boolean() })); // prettier-ignore
  fc.assert(
    fc.property(failures, fc.constantFrom(1, 1.2, 0.5), (sequence, ratio) => {
      const watch = new EvidenceWatch({ ratio, alpha: 0.05 });
      const segments = [{ share: 0.25, canary: 0, baseline: 0 }];
      watch.begin(0.25);
      for (const { newShare, isCanary } of sequence) {
        if (newShare !== null) {
          segments.push({ share: newShare, canary: 0, baseline: 0 });
          watch.begin(newShare);
        }
        segments.at(-1)![isCanary ? 'canary' : 'baseline']++;
        const isEnough = logFailureEvidence(segments, ratio) >= Math.log(20);
        if (isCanary) expect(watch.fails(true)).toBe(isEnough);
        else watch.fails(false);
        if (isEnough) return;
      }
    }),
  );
});

test('a watch that has been told of no share yet has nobody to compare with', () => {
  const watch = new EvidenceWatch({ ratio: 1, alpha: 0.05 });
  for (let n = 0; n < 50; n++) expect(watch.fails(true)).toBe(false);
  watch.begin(0.05);
  expect([watch.fails(true), watch.fails(true)]).toEqual([false, true]);
});
