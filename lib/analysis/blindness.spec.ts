import { describe, expect, test } from '@jest/globals';
import { evidenceOf, gate, plan, rollout, rolloutEvidenceOf, runOf } from '../../test/support/evidence.js';
import type { AutomaticPause, Phase, WalkingPhase } from '../domain/state.js';
import type { Circumstances } from './circumstances.js';
import { decide } from './decide.js';
import { nextMove, type Standing } from './next-move.js';

const MINUTE = 60_000;
const SPLIT = { blue: 95, green: 5 };
const STEP: WalkingPhase = { name: 'Progressing', step: 0, since: 0, approved: false };
const healthy = evidenceOf({ ok: 100 });

const standing = (about: Circumstances, pausedFor?: AutomaticPause): Standing => {
  const evidence = rolloutEvidenceOf(healthy, healthy);
  const base = { gate: 'errors', observed: null, limit: 0.05, sample: { canary: 0, baseline: 0 } };
  const results = [{ ...base, verdict: 'error' as const, message: 'errors: the judge is down' }];
  const subject = { rollout: rollout(), stage: STEP, elapsed: MINUTE, pausedFor, weights: SPLIT, evidence };
  return { ...subject, circumstances: about, results, shadowed: [], now: MINUTE };
};

test('a stage for mirrors that the plan does not have is over at once', () => {
  expect(nextMove({ ...standing({}), stage: { name: 'Shadowing', since: 0 } }).action).toBe('advance');
});

test('a gate that only warns holds nothing, whether it cannot be read, has too few requests or says outage', () => {
  const gates = [gate({ onFail: 'warn' })];
  const warned = { ...standing({ unreadable: 9 }), rollout: rollout({ plan: plan({ gates }) }) };
  for (const verdict of ['error', 'insufficient', 'fail'] as const) {
    const results = warned.results.map((result) => ({ ...result, verdict, shared: true as const }));
    expect(nextMove({ ...warned, results })).toEqual({
      action: 'advance',
      reason: 'step 1 is done and every gate passes',
    });
  }
});

const afterRun = (failures: number, limit = 5) => {
  const canary = { ...healthy, run: runOf(failures) };
  const subject = {
    ...standing({}),
    rollout: rollout({ plan: plan({ fastTrip: { consecutiveFailures: limit } }) }),
  };
  return nextMove({ ...subject, results: [], evidence: rolloutEvidenceOf(canary, healthy) }).action;
};

describe('what makes the gates blind', () => {
  test('a run of failures, from the limit on, as they come in an outage of both', () => {
    expect([afterRun(4), afterRun(5), afterRun(5, 0), afterRun(0, 0)]).toEqual([
      'advance',
      'hold',
      'advance',
      'advance',
    ]);
  });

  test('a gate that is over its limit in both environments', () => {
    const [result] = standing({}).results;
    const results = [{ ...result!, verdict: 'fail' as const, shared: true as const, message: 'errors: both' }];
    expect(nextMove({ ...standing({}), results })).toEqual({
      action: 'hold',
      reason: 'an outage of both: errors: both',
    });
  });

  test('a gate that cannot be read holds, after some checks in a row with a pause; it never reverts', () => {
    expect(nextMove(standing({ unreadable: 3 }))).toEqual({ action: 'hold', reason: 'errors: the judge is down' });
    expect(nextMove(standing({ unreadable: 4 }))).toMatchObject({ action: 'pause', cause: 'GateError' });
    const patient = standing({ unreadable: 4 });
    const rest = { ...patient.rollout, plan: plan({ consecutiveErrorLimit: 9 }) };
    expect(nextMove({ ...patient, rollout: rest }).action).toBe('hold');
  });

  test('that pause outlives a restart of the process that counts', () => {
    expect(nextMove(standing({ unreadable: 0 }, 'GateError'))).toMatchObject({ action: 'pause', cause: 'GateError' });
  });

  test('requests that are not split as the weights say pause it until they are', () => {
    const looked = (canary: number, phase: Phase) =>
      decide(
        rollout({ phase }),
        SPLIT,
        rolloutEvidenceOf(healthy, healthy, { exposures: [{ weights: [5, 95], units: [canary, 950] }] }),
        MINUTE,
      );
    expect(looked(500, STEP)).toMatchObject({ action: 'pause', cause: 'SampleRatioMismatch' });
    const resumeTo = { ...STEP, since: MINUTE };
    const phase: Phase = { name: 'Paused', reason: 'SampleRatioMismatch', since: 2 * MINUTE, resumeTo };
    expect(looked(500, phase).action).toBe('hold');
    expect(looked(50, phase).action).toBe('advance');
  });
});
