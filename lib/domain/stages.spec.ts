import { describe, expect, test } from '@jest/globals';
import { History, planWith, routeWith } from '../../test/support/history.js';
import type { ShadowStage, WarmUpPlan } from './plan.js';
import { rollbackRoute } from './rollback-commands.js';
import { confirmRollback, failWarmUp, promoteRollout, startRollout } from './rollout-commands.js';
import { advanceRollout, passWarmUp } from './stage-commands.js';
import { pauseRollout } from './pause-commands.js';
import { idleEnvironment, isWalking, isWarming, MAX_SEGMENTS, withoutTrials, type Phase } from './state.js';
import { assignVersions } from './version-commands.js';

const BLUE_LIVE = routeWith({ blue: 60, green: 0, third: 40 });
const warmUp: WarmUpPlan = { requests: 5, maxFailures: 0, prompts: ['Hello'] };
const shadow: ShadowStage = { percentage: 10, duration: 1, minPairs: 1, maxFailureRate: 0 };
const report = { requests: 5, failed: 0, latency: { first: 9, median: 5, max: 9 } };
const rolling = (rest: object) => History.rolling(BLUE_LIVE, planWith([5, 25], rest));
const shares = ({ route }: History) => route.rollout!.segments.map(({ share }) => share);

describe('A rollout with a warm-up and a shadow stage', () => {
  test('has no share of the traffic before both are over, and keeps how the warm-up went', () => {
    const history = rolling({ warmUp, shadow });
    expect([history.phase, history.route.weights['green']]).toEqual(['Warming', 0]);
    expect(history.run(passWarmUp(history.route.rollout!, report), 7)).toEqual(['WarmUpPassed', 'ShadowStarted']);
    expect(history.route.rollout).toMatchObject({ warmUp: report, phase: { name: 'Shadowing', since: 7 } });
    expect(history.route.weights['green']).toBe(0);
    expect(history.run(advanceRollout)).toEqual(['StepEntered']);
    expect(history.route.weights).toEqual({ blue: 55, green: 5, third: 40 });
  });

  test('begins with what it has: a shadow stage alone, or its first step behind a warm-up', () => {
    expect([rolling({ shadow }).phase, rolling({ shadow }).route.weights['green']]).toEqual(['Shadowing', 0]);
    const warm = rolling({ warmUp });
    expect(warm.run(passWarmUp(warm.route.rollout!, report))).toEqual(['WarmUpPassed', 'StepEntered']);
  });

  test('warms up again when its version changes; the report of the warm-up before then does nothing', () => {
    const history = rolling({ warmUp });
    const before = history.route.rollout!;
    expect(history.run(assignVersions({ green: { tag: 'next', model: 'm' } }), 50)).toEqual([
      'VersionAssigned',
      'WarmUpStarted',
    ]);
    expect(history.route.rollout!.phase).toEqual({ name: 'Warming', since: 50 });
    expect(history.run(passWarmUp(before, report))).toEqual([]);
    expect(history.run(failWarmUp(before))).toEqual([]);
    expect(history.run(failWarmUp(history.route.rollout!))).toEqual(['RolloutAborted']);
  });

  test('is not advanced out of a warm-up, and not by one that is not of this rollout', () => {
    const history = rolling({ warmUp });
    expect(history.run(advanceRollout)).toEqual([]);
    expect(history.run(passWarmUp({ ...history.route.rollout!, id: 'another' }, report))).toEqual([]);
    expect(new History(BLUE_LIVE).run(passWarmUp(history.route.rollout!, report))).toEqual([]);
    expect(isWarming(undefined, history.route.rollout!)).toBe(false);
  });
});

test('A rollout keeps what was found before it began, and nothing when nobody looked', () => {
  const preflight = { status: 'degraded', canDeploy: true, checks: [], forced: true } as const;
  const history = new History(BLUE_LIVE);
  history.run(startRollout({ rolloutId: 'r', plan: planWith([5]), seed: '', preflight }));
  expect(history.route.rollout!.preflight).toEqual(preflight);
  expect(rolling({}).route.rollout).not.toHaveProperty('preflight');
});

describe('The stretches of a rollout', () => {
  test('know the share of the canary among the two that are compared', () => {
    const history = rolling({});
    history.run(advanceRollout);
    history.run(advanceRollout);
    expect(shares(history)).toEqual([5 / 60, 25 / 60, 25 / 60]);
    expect(history.route.rollout!.segments.at(-1)!.revision).toBe(history.state.revision);
  });

  test('have no share where neither of the two has traffic', () => {
    const nobody = new History(routeWith({ third: 100, blue: 0, green: 0 }, { active: 'blue' }));
    nobody.run(startRollout({ rolloutId: 'r', plan: planWith([5]), seed: '' }));
    expect(shares(nobody)).toEqual([0]);
  });

  test('count an environment that the weights leave out as one without traffic', () => {
    const bare = new History({ ...BLUE_LIVE, weights: { blue: 100 } });
    bare.run(startRollout({ rolloutId: 'r', plan: planWith([0]), seed: '' }));
    expect(shares(bare)).toEqual([0]);
  });

  test('are forgotten from the oldest on when there are too many', () => {
    const history = rolling({});
    for (let n = 0; n < MAX_SEGMENTS + 5; n++) {
      history.run(assignVersions({ green: { tag: `v${n}`, model: 'm' } }));
    }
    const { segments } = history.route.rollout!;
    expect(segments).toHaveLength(MAX_SEGMENTS);
    expect(segments.at(-1)!.revision).toBe(history.state.revision);
  });
});

describe('A phase', () => {
  test('is walked in, or waits, or is the end', () => {
    const since = 0;
    const walking: Phase = { name: 'Baking', since };
    expect(isWalking(walking)).toBe(true);
    expect(isWalking({ name: 'Paused', reason: 'Manual', since, resumeTo: walking })).toBe(false);
    expect(isWalking({ name: 'Aborting', since, reason: '' })).toBe(false);
    expect(isWalking({ name: 'RolledBack', since, reason: '' })).toBe(false);
    expect(isWalking({ name: 'Succeeded', since })).toBe(false);
  });

  test('remembers why it was left, and when', () => {
    const history = rolling({});
    history.run(rollbackRoute, 3);
    expect(history.route.rollout!.phase).toEqual({ name: 'Aborting', since: 3, reason: 'test' });
    history.run(confirmRollback, 4);
    expect(history.route.rollout!.phase).toEqual({ name: 'RolledBack', since: 4, reason: 'test' });
  });
});

describe('Without its trials', () => {
  test('a state has the traffic of the canary where it came from, also in a pause', () => {
    const history = rolling({});
    history.run(pauseRollout('Manual'));
    expect(withoutTrials(history.state).routes.get('chat')!.weights).toEqual({ blue: 60, green: 0, third: 40 });
    expect(history.route.weights['green']).toBe(5);
  });

  test('a route whose rollout has ended stays as it is', () => {
    const history = rolling({});
    history.run(promoteRollout);
    expect(withoutTrials(history.state).routes.get('chat')).toBe(history.route);
  });
});

test('The idle environment is the first that is neither live nor a fallback', () => {
  const { route } = new History(routeWith({ third: 0, blue: 100, green: 0, red: 0 }, { fallback: ['third'] }));
  expect(idleEnvironment(route)).toBe('green');
});
