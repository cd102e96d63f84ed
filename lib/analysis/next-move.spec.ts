import { describe, expect, test } from '@jest/globals';
import { evidenceOf, gate, plan, rollout, rolloutEvidenceOf, step } from '../../test/support/evidence.js';
import type { RolloutPlan, Step } from '../domain/plan.js';
import type { AutomaticPause, Phase, WalkingPhase } from '../domain/state.js';
import type { Circumstances } from './circumstances.js';
import type { ShadowFigures } from '../domain/figures.js';
import type { RolloutEvidence } from './figures.js';
import { decide } from './decide.js';

const MINUTE = 60_000;
const SPLIT = { blue: 95, green: 5 };
const STEP: WalkingPhase = { name: 'Progressing', step: 0, since: 0, approved: false };
const healthy = evidenceOf({ ok: 100 });
const few = evidenceOf({ ok: 3 });
const none = evidenceOf({});

interface Given {
  readonly step?: Partial<Step>;
  readonly plan?: Partial<RolloutPlan>;
  readonly phase?: Phase;
  readonly canary?: typeof healthy;
  readonly now?: number;
  readonly about?: Circumstances;
  /** Different units of each. */
  readonly units?: RolloutEvidence['units'];
  readonly samples?: RolloutEvidence['samples'];
}

function decided({
  step: different,
  plan: more,
  phase = STEP,
  canary = healthy,
  now = MINUTE,
  about = {},
  units,
  samples,
}: Given) {
  const steps = [{ ...step(5), ...different }, step(100)];
  const subject = rollout({ phase, plan: plan({ steps, ...more }) });
  return decide(
    subject,
    SPLIT,
    rolloutEvidenceOf(canary, healthy, { ...(units && { units }), ...(samples && { samples }) }),
    now,
    about,
  );
}

const users = (canary: number, baseline: number) => ({ plan: { gates: [] }, units: { canary, baseline } });
const asking = (minUnits: number) => {
  const { holdConditions, ...rest } = step(5);
  return { ...rest, holdConditions: { ...holdConditions, minUnits } };
};

const repeated = (canary: number, baseline: number) => ({
  plan: { gates: [] },
  samples: { inSegment: { canary, baseline }, sinceStart: { canary, baseline } },
});

describe('a step whose users repeat themselves', () => {
  test('is not left before each has counted often enough, in both environments', () => {
    expect(decided(repeated(19, 100))).toMatchObject({
      action: 'hold',
      reason:
        '19 of 20 samples on "green" in this stage, of 100 users: each counts once in each stretch; split by a key with more variety, or use the strategy "weighted"',
    });
    expect(decided(repeated(100, 19)).reason).toMatch(/^19 of 20 samples on "blue"/);
    expect(decided(repeated(20, 20)).action).toBe('advance');
  });
});

describe('a step that is left on the word of a few users', () => {
  test('is not left: it says of whom there are too few, and what helps', () => {
    expect(decided(users(9, 50))).toMatchObject({
      action: 'hold',
      reason:
        '9 of 10 different users on "green" in this stage: split by a key with more variety, or use the strategy "weighted"',
    });
    expect(decided(users(50, 9)).reason).toMatch(/^9 of 10 different users on "blue"/);
    expect(decided(users(10, 10)).action).toBe('advance');
  });

  test('asks for as many as the plan says, and never for more users than requests', () => {
    expect(decided({ ...users(10, 10), step: asking(11) }).action).toBe('hold');
    expect(decided({ ...users(2, 2), step: asking(2) }).action).toBe('advance');
    expect(decided({ ...users(3, 3), step: step(5, { canary: 3, baseline: 3 }) }).action).toBe('advance');
    expect(decided({ ...users(3, 0), step: step(5, { canary: 3, baseline: 0 }) }).action).toBe('advance');
  });
});

const paused = (reason: AutomaticPause, resumeTo: WalkingPhase = STEP): Phase => ({
  name: 'Paused',
  reason,
  since: 2 * MINUTE,
  resumeTo,
});

describe('a step that comes to no conclusion in its time', () => {
  const late = { maxDuration: 2 * MINUTE };

  test.each<[string, Partial<Step>, number, string]>([
    ['is waited for', { ...late }, 2 * MINUTE - 1, 'hold'],
    ['is paused', { ...late }, 2 * MINUTE, 'pause'],
    ['is reverted, where the schedule says so', { ...late, onInconclusive: 'rollback' }, 2 * MINUTE, 'rollback'],
    ['is gone over, where the schedule says so', { ...late, onInconclusive: 'advance' }, 2 * MINUTE, 'advance'],
    ['never ends without a limit', {}, 1e12, 'hold'],
  ])('%s', (_what, different, now, action) => {
    expect(decided({ step: different, canary: few, now }).action).toBe(action);
  });

  test('says what it waits for: a gate first, then its time, then requests', () => {
    const unsure = [gate({ minSampleSize: 500 })];
    expect(decided({ plan: { gates: unsure }, now: 0 }).reason).toBe('errors: 100 of the 500 requests it needs');
    expect(decided({ now: 15_500 })).toMatchObject({ reason: '45 s of this stage are left', until: MINUTE });
    expect(decided({ plan: { gates: [] }, canary: few }).reason).toBe('3 of 20 requests on "green" in this stage');
    const overdue = decided({ step: late, plan: { gates: [] }, canary: few, now: 2 * MINUTE });
    expect(overdue.reason).toBe('nothing could be concluded within 120 s: 3 of 20 requests on "green" in this stage');
  });

  test('is never over before its least time, though that is longer than its longest', () => {
    const crossed = { duration: 3 * MINUTE, maxDuration: MINUTE, onInconclusive: 'rollback' as const };
    expect(decided({ step: crossed, canary: few, now: 2 * MINUTE }).action).toBe('hold');
    expect(decided({ step: crossed, canary: few, now: 3 * MINUTE }).action).toBe('rollback');
  });

  test('is gone over with one request that went well', () => {
    const over = { step: { ...late, onInconclusive: 'advance' as const }, now: 2 * MINUTE };
    expect(decided({ ...over, canary: evidenceOf({ ok: 1 }) }).action).toBe('advance');
  });

  test('is not gone over without a single request, nor over a gate that fails', () => {
    const over = { step: { ...late, onInconclusive: 'advance' as const }, now: 2 * MINUTE };
    expect(decided({ ...over, canary: none })).toMatchObject({ action: 'pause', cause: 'Inconclusive' });
    const gates = [gate({ onFail: 'hold', max: 0.01 })];
    const worse = evidenceOf({ ok: 50, errors: 50 });
    expect(decided({ ...over, canary: worse, plan: { gates } })).toMatchObject({ cause: 'Inconclusive' });
  });

  test('has seen enough with exactly as many requests as are needed, of both', () => {
    expect(decided({ step: step(5, { canary: 100, baseline: 100 }) }).action).toBe('advance');
    expect(decided({ step: step(5, { canary: 100, baseline: 101 }) }).reason).toBe(
      '100 of 101 requests on "blue" in this stage',
    );
  });

  test('goes on as soon as there is a conclusion', () => {
    const phase = paused('Inconclusive');
    expect(decided({ step: late, phase, canary: few, now: 9 * MINUTE }).action).toBe('hold');
    expect(decided({ step: late, phase, now: 9 * MINUTE }).action).toBe('advance');
  });
});

describe('an environment without traffic', () => {
  const patient = { noTrafficGracePeriod: 5 * MINUTE };

  test('is waited for, then paused; traffic ends the pause', () => {
    expect(decided({ step: patient, canary: none, now: 5 * MINUTE - 1 }).action).toBe('hold');
    const quiet = decided({ step: patient, canary: none, now: 5 * MINUTE });
    expect(quiet).toMatchObject({ action: 'pause', cause: 'NoTraffic', reason: 'no request on "green" for 300 s' });
    const phase = paused('NoTraffic');
    expect(decided({ step: patient, phase, canary: none, now: 9 * MINUTE }).action).toBe('hold');
    expect(decided({ step: patient, phase, canary: few, now: 9 * MINUTE })).toMatchObject({ action: 'resume' });
  });

  test('counts from its last request', () => {
    const about = { lastVerdictAt: 3 * MINUTE };
    expect(decided({ step: patient, canary: none, now: 8 * MINUTE - 1, about }).action).toBe('hold');
    expect(decided({ step: patient, canary: none, now: 8 * MINUTE, about }).action).toBe('pause');
  });

  test('is reverted, where the schedule says so', () => {
    const different = { ...patient, noTrafficAction: 'rollback' as const };
    expect(decided({ step: different, canary: none, now: 5 * MINUTE }).action).toBe('rollback');
  });
});

describe('a window', () => {
  // 1 January 1970 was a Thursday.
  const holdConditions = { ...step(5).holdConditions, windows: [{ cron: '* 9-16 * * 1-5', tz: 'UTC' }] };
  const NINE = 9 * 60 * MINUTE;

  test('that is closed blocks the next step, and says when it opens', () => {
    const decision = decided({ step: { holdConditions }, now: NINE - 1 });
    expect(decision).toMatchObject({ action: 'pause', cause: 'OutsideWindow', until: NINE });
    expect(decision.reason).toContain('the next one opens at 1970-01-01T09:00:00.000Z');
    expect(decided({ step: { holdConditions }, now: NINE }).action).toBe('advance');
  });

  test('ends its pause when it opens', () => {
    const phase = paused('OutsideWindow');
    expect(decided({ step: { holdConditions }, phase, now: NINE - 1 }).action).toBe('hold');
    expect(decided({ step: { holdConditions }, phase, now: NINE }).action).toBe('advance');
  });

  test('that never opens says so, and is not waited for until some time', () => {
    const never = { ...step(5).holdConditions, windows: [{ cron: '0 0 30 2 *', tz: 'UTC' }] };
    const decision = decided({ step: { holdConditions: never } });
    expect(decision).toMatchObject({ action: 'pause', cause: 'OutsideWindow', until: undefined });
    expect(decision.reason).toBe('step 1 is done, but outside its schedule windows: no window ever opens');
  });

  test('never keeps a rollback waiting', () => {
    const canary = evidenceOf({ ok: 50, errors: 50 });
    const phase = paused('OutsideWindow');
    expect(decided({ step: { holdConditions }, phase, canary, now: NINE - 1 }).action).toBe('rollback');
  });

  test('comes before an approval: people are not asked while it is closed', () => {
    const both = { holdConditions: { ...holdConditions, requiresApproval: true } };
    expect(decided({ step: both, now: NINE - 1 }).cause).toBe('OutsideWindow');
    expect(decided({ step: both, now: NINE }).action).toBe('awaitApproval');
    const approved: WalkingPhase = { ...STEP, approved: true };
    expect(decided({ step: both, phase: approved, now: NINE - 1 }).cause).toBe('OutsideWindow');
  });
});

describe('a shadow stage', () => {
  const shadow = { percentage: 10, duration: MINUTE, minPairs: 50, maxFailureRate: 0.05, minSimilarity: 0.8 };
  const phase: WalkingPhase = { name: 'Shadowing', since: 0 };
  const good = { pairs: 60, compared: 60, failedAlone: 0, meanSimilarity: 0.9, belowThreshold: 0.1 };
  const looked = (figures: Partial<ShadowFigures>, more: Partial<Given> = {}) =>
    decided({ phase, canary: none, plan: { shadow }, about: { shadow: { ...good, ...figures } }, ...more });

  test('goes on to the first step with its pairs, its time and its likeness', () => {
    expect(looked({}).action).toBe('advance');
    expect(looked({}, { now: MINUTE - 1 }).action).toBe('hold');
    expect(looked({ pairs: 49, compared: 49 }).action).toBe('hold');
    expect(decided({ phase, canary: none, plan: { shadow } }).action).toBe('hold');
  });

  test('reverts when green alone fails, or answers otherwise; also while paused by hand', () => {
    expect(looked({ failedAlone: 4 })).toMatchObject({ action: 'rollback', reason: expect.stringContaining('6.67%') });
    expect(looked({ meanSimilarity: 0.7 }).action).toBe('rollback');
    const byHand: Phase = { name: 'Paused', reason: 'Manual', since: 0, resumeTo: phase };
    expect(looked({ failedAlone: 4 }, { phase: byHand }).action).toBe('rollback');
    expect(looked({}, { phase: byHand }).action).toBe('hold');
  });

  test('reverts a green that never answers, though nothing could be compared', () => {
    expect(looked({ compared: 0, failedAlone: 60, meanSimilarity: null }).action).toBe('rollback');
  });

  test('is gone over in the end, where the schedule says so, if only something could be compared', () => {
    const over = { ...shadow, maxDuration: 5 * MINUTE, onInconclusive: 'advance' as const };
    const late = { plan: { shadow: over }, now: 5 * MINUTE };
    expect(looked({ pairs: 3, compared: 1 }, late).action).toBe('advance');
    expect(looked({ pairs: 3, compared: 0 }, late).cause).toBe('Inconclusive');
  });

  test('is inconclusive when pairs do not come', () => {
    const slow = { plan: { shadow: { ...shadow, maxDuration: 5 * MINUTE } }, now: 5 * MINUTE };
    expect(looked({ pairs: 3, compared: 3 }, slow)).toMatchObject({ action: 'pause', cause: 'Inconclusive' });
  });
});

test('a warm-up is ended by nothing that is read here', () => {
  expect(decided({ phase: { name: 'Warming', since: 0 }, now: 1e12 }).action).toBe('hold');
});
