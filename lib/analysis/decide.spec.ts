import { describe, expect, test } from '@jest/globals';
import {
  evidenceOf,
  gate,
  plan,
  rollout,
  rolloutEvidenceOf,
  runOf,
  step,
  summaryOf,
} from '../../test/support/evidence.js';
import type { Phase, Rollout } from '../domain/state.js';
import type { Weights } from '../domain/weights.js';
import { decide } from './decide.js';
import type { ArmEvidence } from '../domain/figures.js';

const OVER = 60_000;
const healthy = evidenceOf({ ok: 200 });
const failing = evidenceOf({ ok: 50, errors: 50 });
const none = evidenceOf({});
const tripped = evidenceOf({ ok: 1, errors: 5 }, { run: runOf(5, { beside: { blue: { failed: 0, total: 95 } } }) });

const PROGRESSING: Phase = { name: 'Progressing', step: 0, since: 0, approved: false };
const BAKING: Phase = { name: 'Baking', since: 0 };
const paused = (resumeTo: typeof PROGRESSING | typeof BAKING, reason: 'Manual' | 'AwaitingApproval'): Phase => ({
  name: 'Paused',
  reason,
  since: 0,
  resumeTo,
});

interface Case {
  readonly of?: Partial<Rollout>;
  readonly canary?: ArmEvidence;
  readonly baseline?: ArmEvidence;
  readonly weights?: Weights;
  readonly now?: number;
}

const SPLIT: Weights = { blue: 95, green: 5 };
const ALL_GREEN: Weights = { blue: 0, green: 100 };

function decided({ of = {}, canary = healthy, baseline = healthy, weights = SPLIT, now = OVER }: Case) {
  return decide(rollout(of), weights, rolloutEvidenceOf(canary, baseline), now);
}

const action = (given: Case) => decided(given).action;

describe('evidence for a rollback comes before everything', () => {
  test.each<[string, Phase]>([
    ['in a step', PROGRESSING],
    ['in the final bake', BAKING],
    ['while paused by hand', paused(PROGRESSING, 'Manual')],
    ['while waiting for an approval', paused(PROGRESSING, 'AwaitingApproval')],
    ['while paused in the final bake', paused(BAKING, 'Manual')],
  ])('%s', (_where, phase) => {
    expect(action({ of: { phase }, canary: failing })).toBe('rollback');
    expect(action({ of: { phase }, canary: tripped })).toBe('rollback');
  });

  test('before the time of the step is over', () => {
    expect(action({ canary: failing, now: 0 })).toBe('rollback');
  });

  test('before a gate that holds, wherever it stands in the list', () => {
    const gates = [gate({ name: 'holds', onFail: 'hold' }), gate({ name: 'reverts', onFail: 'rollback' })];
    expect(decided({ of: { plan: plan({ gates }) }, canary: failing })).toMatchObject({
      action: 'rollback',
      reason: expect.stringContaining('reverts'),
    });
  });

  test('before a gate that has too few requests to say anything', () => {
    const gates = [gate({ name: 'unsure', minSampleSize: 1_000 }), gate()];
    expect(action({ of: { plan: plan({ gates }) }, canary: failing })).toBe('rollback');
  });
});

describe('failures in a row', () => {
  test('revert at the limit, with fewer requests than any gate needs', () => {
    expect(decided({ canary: tripped, now: 0 })).toMatchObject({
      action: 'rollback',
      reason: expect.stringMatching(
        /^5 users in a row failed on "green", 5 of whom "blue" answered; .*; fastTrip reverts from 5$/,
      ),
    });
  });

  test('do nothing one below the limit', () => {
    expect(action({ canary: { ...healthy, run: runOf(4) } })).toBe('advance');
  });

  test('do nothing when they are switched off', () => {
    const off = plan({ fastTrip: { consecutiveFailures: 0 } });
    expect(action({ of: { plan: off }, canary: { ...healthy, run: runOf(50) } })).toBe('advance');
    expect(action({ of: { plan: off }, canary: healthy })).toBe('advance');
  });

  test('that may be an outage of both blame nobody, and nothing goes on either', () => {
    const down = { ...healthy, run: runOf(9, { answered: {} }) };
    expect(decided({ canary: down })).toMatchObject({
      action: 'hold',
      reason: expect.stringMatching(
        /^9 users in a row failed on "green", 0 of whom "blue" answered; .*: an outage of both may explain that/,
      ),
    });
  });

  test('of the live environment blame nobody', () => {
    expect(action({ baseline: { ...healthy, run: runOf(50) } })).toBe('advance');
  });
});

describe('a rollout holds', () => {
  test.each<Phase>([
    { name: 'Aborting', since: 0, reason: '' },
    { name: 'RolledBack', since: 0, reason: '' },
    { name: 'Succeeded', since: 0 },
  ])('where there is nothing left to walk: $name', (phase) => {
    expect(decided({ of: { phase } })).toMatchObject({ action: 'hold', reason: phase.name });
  });

  test('while it is paused, however well it goes', () => {
    expect(decided({ of: { phase: paused(PROGRESSING, 'Manual') } })).toMatchObject({
      action: 'hold',
      reason: 'paused by hand',
    });
    const by = { actor: 'ada', reason: 'over lunch' };
    expect(
      decided({ of: { phase: { name: 'Paused', reason: 'Manual', since: 0, resumeTo: PROGRESSING, by } } }),
    ).toMatchObject({
      reason: 'paused by ada: over lunch',
    });
    expect(decided({ of: { phase: paused(PROGRESSING, 'AwaitingApproval') } })).toMatchObject({
      reason: 'waits for an approval',
    });
  });

  test('until the time of the step is over, to the millisecond', () => {
    expect(action({ now: OVER - 1 })).toBe('hold');
    expect(action({ now: OVER })).toBe('advance');
  });

  test('without data, for ever', () => {
    expect(action({ canary: none, baseline: none, now: 1e15 })).toBe('hold');
    const gateless = plan({ gates: [] });
    expect(action({ of: { plan: gateless }, canary: none, now: 1e15 })).toBe('hold');
  });

  test('until both environments have had their requests in this step', () => {
    const few = { ...healthy, judgedInSegment: 19 };
    expect(decided({ canary: few }).reason).toBe('19 of 20 requests on "green" in this stage');
    expect(decided({ baseline: few }).reason).toBe('19 of 20 requests on "blue" in this stage');
  });

  test('but not for requests on the live environment when that gets none any more', () => {
    const phase: Phase = { name: 'Progressing', step: 1, since: 0, approved: false };
    const idle = { ...healthy, judgedInSegment: 0 };
    expect(action({ of: { phase }, baseline: idle, weights: ALL_GREEN })).toBe('advance');
    expect(action({ of: { phase }, baseline: idle })).toBe('hold');
  });

  test('at a gate that holds, as long as that fails', () => {
    const of = { plan: plan({ gates: [gate({ onFail: 'hold' })] }) };
    expect(action({ of, canary: failing })).toBe('hold');
    expect(action({ of, canary: healthy })).toBe('advance');
  });

  test('in the final bake when a gate has too little to go by', () => {
    expect(action({ of: { phase: BAKING }, canary: none, weights: ALL_GREEN })).toBe('hold');
  });

  test('in the final bake until it has seen requests of its own', () => {
    const before = { ...healthy, judgedInSegment: 0 };
    const gateless = plan({ gates: [], steps: [step(100, { canary: 0 })] });
    expect(action({ of: { phase: BAKING, plan: gateless }, canary: before, weights: ALL_GREEN })).toBe('hold');
    expect(action({ of: { phase: BAKING, plan: gateless }, weights: ALL_GREEN })).toBe('advance');
  });
});

describe('a gate that only warns', () => {
  const of = { plan: plan({ gates: [gate({ onFail: 'warn' })] }) };

  test('neither reverts nor holds, and shows its figure', () => {
    const decision = decided({ of, canary: failing });
    expect(decision.action).toBe('advance');
    expect(decision.gates).toMatchObject([{ verdict: 'fail', observed: 0.5 }]);
  });

  test('does not hold for want of data either', () => {
    const canary = { ...none, judgedInSegment: 20 };
    expect(action({ of, canary })).toBe('advance');
  });
});

describe('an approval', () => {
  const of = { plan: plan({ steps: [step(5, { requiresApproval: true }), step(100)] }) };
  const approved: Phase = { ...PROGRESSING, approved: true };

  test('is the last gate: asked for when everything else is well', () => {
    expect(action({ of })).toBe('awaitApproval');
    expect(action({ of, now: 0 })).toBe('hold');
    expect(action({ of, canary: { ...healthy, judgedInSegment: 0 } })).toBe('hold');
  });

  test('given early does not make the step shorter, nor its gates softer', () => {
    expect(action({ of: { ...of, phase: approved }, now: 0 })).toBe('hold');
    expect(action({ of: { ...of, phase: approved }, canary: none })).toBe('hold');
    expect(action({ of: { ...of, phase: approved }, canary: failing })).toBe('rollback');
    expect(action({ of: { ...of, phase: approved } })).toBe('advance');
  });
});

describe('a decision', () => {
  test('carries the figures of every gate, in their order', () => {
    const gates = [gate({ name: 'a' }), gate({ name: 'b', kind: 'latency', max: 1, onFail: 'warn' })];
    expect(decided({ of: { plan: plan({ gates }) } }).gates.map(({ gate: name }) => name)).toEqual(['a', 'b']);
  });

  test('falls back on all since the start while the window is thin', () => {
    const canary = { ...healthy, window: summaryOf({}) };
    expect(action({ canary })).toBe('advance');
    expect(action({ canary: { ...canary, sinceStart: failing.sinceStart } })).toBe('rollback');
  });
});
