import { describe, expect, test } from '@jest/globals';
import { evidenceOf, plan, rollout, rolloutEvidenceOf, runOf } from '../../test/support/evidence.js';
import type { FailureRun } from '../domain/failure-run.js';
import { readTrip } from './fast-trip.js';

const units = (withoutKey: number, byKey: number[] = []) => ({ byKey, withoutKey });
/** Units of the live environment since the run began. */
const beside = (total: number, failed = 0) => ({ beside: { blue: { failed, total } } });

function trip(run: FailureRun, limit = 5) {
  const subject = rollout({ plan: plan({ fastTrip: { consecutiveFailures: limit } }) });
  return readTrip(subject, rolloutEvidenceOf(evidenceOf({ ok: 9 }, { run }), evidenceOf({ ok: 500 })));
}

/** The shortest run that reverts, with so many units of the live environment beside each of its own. */
function shortest(besideEach: number, failedEach = 0): number | undefined {
  return Array.from({ length: 60 }, (_, n) => n).find(
    (n) => trip(runOf(n, beside(n * besideEach, Math.round(n * failedEach)))).reverts,
  );
}

describe('a run of the canary', () => {
  test('reverts from the limit on when the live environment answers the same requests, and others meanwhile', () => {
    expect(trip(runOf(5, beside(95)))).toEqual({
      reverts: true,
      holds: false,
      message:
        '5 users in a row failed on "green", 5 of whom "blue" answered; of 95 users of its own none failed meanwhile; fastTrip reverts from 5',
    });
    expect(trip(runOf(4, beside(95)))).toMatchObject({ reverts: false, holds: false });
    expect(trip(runOf(50, beside(950)), 0)).toMatchObject({ reverts: false, holds: false });
  });

  test('has to be longer the less the live environment does meanwhile, and the more of it fails', () => {
    expect([19, 3, 1, 0].map((each) => shortest(each))).toEqual([5, 6, 8, 10]);
    expect([0, 1, 3].map((failedEach) => shortest(19, failedEach))).toEqual([5, 6, 9]);
    expect(shortest(1, 0.5)).toBeGreaterThan(15);
  });

  test('that an outage of both explains does not revert, however good the hours before it were', () => {
    const outage = runOf(9, { answered: { blue: units(5) }, unanswered: 4, ...beside(10, 5) });
    expect(trip(outage)).toMatchObject({ reverts: false, holds: true });
  });

  test('of requests that nobody survives, or that a fallback alone answers, holds and blames nobody', () => {
    const runs: Partial<FailureRun>[] = [
      { answered: {}, unanswered: 9 },
      { answered: { backup: units(9) } },
      { answered: { constructor: units(9) } },
    ];
    for (const different of runs) {
      expect(trip(runOf(9, { ...different, ...beside(200) }))).toEqual({
        reverts: false,
        holds: true,
        message: expect.stringMatching(
          /^9 users in a row failed on "green", 0 of whom "blue" answered; of 200 users of its own none failed meanwhile: an outage of both may explain that/,
        ),
      });
    }
  });

  test('with all of the traffic is judged by what the live environment makes of the same requests', () => {
    expect(trip(runOf(20)).reverts).toBe(true);
    expect(trip(runOf(20, { answered: { blue: units(10) }, unanswered: 10 })).reverts).toBe(false);
  });

  test('of streams that broke counts while the live environment answers others, and not while it fails', () => {
    const broke = { answered: {}, unasked: units(5) };
    expect(trip(runOf(5, { ...broke, ...beside(95) })).reverts).toBe(true);
    expect(trip(runOf(5, { ...broke, ...beside(95, 60) })).reverts).toBe(false);
    expect(trip(runOf(5, broke)).reverts).toBe(false);
  });

  test('is made by one access key to one half at most', () => {
    const byKey = (...counts: number[]) => runOf(9, { answered: { blue: units(0, counts) }, ...beside(200) });
    expect(trip(byKey(900)).reverts).toBe(false);
    expect(trip(byKey(900, 2)).reverts).toBe(false);
    expect(trip(byKey(900, 3)).reverts).toBe(true);
    expect(trip(runOf(9, { answered: { blue: units(3, [900]) }, ...beside(200) })).reverts).toBe(true);
  });

  test('of one access key is that of one, wherever its requests ended', () => {
    const both = runOf(20, {
      answered: { blue: units(0, [10]) },
      unasked: units(0, [10]),
      ...beside(200),
    });
    expect(trip(both)).toMatchObject({ reverts: false, holds: true });
    const two = runOf(20, { answered: { blue: units(0, [10]) }, unasked: units(0, [0, 10]), ...beside(200) });
    expect(trip(two).reverts).toBe(true);
  });
});
