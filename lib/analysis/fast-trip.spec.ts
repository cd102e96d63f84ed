import { describe, expect, test } from '@jest/globals';
import { evidenceOf, plan, rollout, rolloutEvidenceOf, runOf, type Traffic } from '../../test/support/evidence.js';
import type { FailureRun } from '../domain/failure-run.js';
import { readTrip } from './fast-trip.js';

const units = (withoutKey: number, byKey: number[] = []) => ({ byKey, withoutKey });

interface Case {
  readonly live?: Traffic;
  readonly run?: FailureRun;
  readonly liveRun?: FailureRun;
  readonly rescues?: { asked: number; answered: number };
  readonly limit?: number;
}

function trip({ live = { ok: 500 }, run = runOf(5), liveRun = runOf(0), rescues, limit = 5 }: Case) {
  const subject = rollout({ plan: plan({ fastTrip: { consecutiveFailures: limit } }) });
  const evidence = rolloutEvidenceOf(evidenceOf({ ok: 9 }, { run }), evidenceOf(live, { run: liveRun }));
  return readTrip(subject, rescues ? { ...evidence, rescues } : evidence);
}

/** The shortest run that reverts. */
function shortest(live: Traffic): number | undefined {
  return Array.from({ length: 60 }, (_, n) => n).find((n) => trip({ live, run: runOf(n) }).reverts);
}

/** The canary has all of the traffic. */
function withAll(asked: number, answered: number) {
  const run = runOf(asked, { answered: { blue: units(answered) } });
  return trip({ live: {}, run, rescues: { asked, answered } });
}

describe('a run of the canary', () => {
  test('reverts from the limit on when the live environment answers the same requests and hardly ever fails', () => {
    expect(trip({})).toEqual({
      reverts: true,
      holds: false,
      message: '"green" failed 5 users in a row whose requests "blue" answers',
    });
    expect(trip({ run: runOf(4) })).toMatchObject({ reverts: false, holds: false });
    expect(trip({ run: runOf(50), limit: 0 })).toMatchObject({ reverts: false, holds: false });
  });

  test('has to be longer the less is known of the live environment, and the more often it fails', () => {
    expect([{ ok: 20 }, { ok: 100 }, { ok: 190, errors: 10 }].map(shortest)).toEqual([13, 6, 7]);
    expect(shortest({ ok: 100, errors: 100 })).toBeGreaterThan(15);
    expect(shortest({})).toBeUndefined();
  });

  test('of requests that nobody survives, or that a fallback alone answers, holds and blames nobody', () => {
    for (const answered of [{}, { backup: units(9) }, { constructor: units(9) }]) {
      expect(trip({ run: runOf(9, { answered }) })).toEqual({
        reverts: false,
        holds: true,
        message: '"green" failed 9 users in a row, which an outage of both explains',
      });
    }
  });

  test('with all of the traffic is judged by what the live environment makes of the same requests', () => {
    expect(withAll(20, 20).reverts).toBe(true);
    expect(withAll(20, 10).reverts).toBe(false);
  });

  test('of streams that broke counts while the live environment answers, and not while it fails', () => {
    const run = runOf(5, { answered: {}, unasked: units(5) });
    expect(trip({ run }).reverts).toBe(true);
    expect(trip({ run, liveRun: runOf(1) }).reverts).toBe(false);
  });

  test('is made by one access key to one half at most', () => {
    const byKey = (...counts: number[]) => runOf(9, { answered: { blue: units(0, counts) } });
    expect(trip({ run: byKey(900) }).reverts).toBe(false);
    expect(trip({ run: byKey(900, 2) }).reverts).toBe(false);
    expect(trip({ run: byKey(900, 3) }).reverts).toBe(true);
    expect(trip({ run: runOf(9, { answered: { blue: units(3, [900]) } }) }).reverts).toBe(true);
  });
});
