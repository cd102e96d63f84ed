import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { rollbackRoute } from './rollback-commands.js';
import { advanceRollout } from './stage-commands.js';
import { approveStep, endPause, pauseRollout, resumeRollout } from './pause-commands.js';
import { isAutomatic, type PauseReason } from './state.js';
import { RolloutStateError } from './errors.js';
import { reduce } from './reduce.js';
import { History, planWith, routeWith } from '../../test/support/history.js';

const BLUE_LIVE = routeWith({ blue: 100, green: 0 });

function paused(reason: PauseReason): History {
  const history = History.rolling(BLUE_LIVE);
  history.run(pauseRollout(reason));
  return history;
}

describe('A pause', () => {
  test('does not count towards the step, however often it happens', () => {
    const gap = fc.integer({ min: 0, max: 1e9 });
    fc.assert(
      fc.property(fc.array(fc.tuple(gap, gap), { maxLength: 6 }), fc.boolean(), (stretches, baking) => {
        const history = History.rolling(BLUE_LIVE, planWith([50]));
        if (baking) history.run(advanceRollout);
        let now = 0;
        let walked = 0;
        for (const [walk, rest] of stretches) {
          walked += walk;
          history.run(pauseRollout('Manual'), (now += walk));
          history.run(resumeRollout, (now += rest));
        }
        expect(now - history.route.rollout!.phase.since).toBe(walked);
      }),
    );
  });

  test('keeps the weights and the place in the schedule', () => {
    const history = History.rolling(BLUE_LIVE);
    history.run(advanceRollout);
    const { weights, rollout } = history.route;
    history.run(pauseRollout('Manual'), 500);
    expect(history.route.weights).toEqual(weights);
    history.run(resumeRollout, 500);
    expect(history.route.rollout).toEqual(rollout);
  });

  test('asked for twice is one pause, timed from the first', () => {
    const history = paused('Manual');
    expect(history.run(pauseRollout('Manual'), 900)).toEqual([]);
    history.run(resumeRollout, 1_000);
    expect(history.route.rollout!.phase.since).toBe(1_000);
  });

  test('does not keep a rollback waiting', () => {
    for (const reason of ['Manual', 'AwaitingApproval'] as const) {
      const history = paused(reason);
      expect(history.run(rollbackRoute)).toEqual(['RolloutAborted']);
      expect(history.route.weights).toEqual({ blue: 100, green: 0 });
    }
  });
});

const reasonAfter = (first: PauseReason, second: PauseReason): PauseReason | undefined => {
  const history = paused(first);
  history.run(pauseRollout(second));
  const { phase } = history.route.rollout!;
  return phase.name === 'Paused' ? phase.reason : undefined;
};

describe('Which pause replaces which', () => {
  test.each<[PauseReason, PauseReason, PauseReason]>([
    ['NoTraffic', 'Manual', 'Manual'],
    ['NoTraffic', 'AwaitingApproval', 'AwaitingApproval'],
    ['AwaitingApproval', 'NoTraffic', 'AwaitingApproval'],
    ['Manual', 'NoTraffic', 'Manual'],
    ['NoTraffic', 'OutsideWindow', 'OutsideWindow'],
  ])('%s and then %s is %s', (first, second, expected) => {
    expect(reasonAfter(first, second)).toBe(expected);
  });

  test('the same cause once more is nothing new, and nothing is paused that is being rolled back', () => {
    expect(paused('NoTraffic').run(pauseRollout('NoTraffic'))).toEqual([]);
    const history = History.rolling(BLUE_LIVE);
    history.run(rollbackRoute);
    expect(history.run(pauseRollout('Manual'))).toEqual([]);
  });
});

describe('A pause that ends by itself', () => {
  test('ends with its own cause, and with no other', () => {
    const history = paused('NoTraffic');
    expect(history.run(endPause('OutsideWindow'))).toEqual([]);
    expect(history.run(endPause('NoTraffic'))).toEqual(['RolloutResumed']);
    expect(history.run(endPause('NoTraffic'))).toEqual([]);
    expect(paused('Manual').run(endPause('NoTraffic'))).toEqual([]);
  });

  test('is no pause of people: those two wait for somebody', () => {
    expect([isAutomatic('Manual'), isAutomatic('AwaitingApproval'), isAutomatic('GateError')]).toEqual([
      false,
      false,
      true,
    ]);
  });

  test('lets its stage be advanced, and only a stage of the schedule', () => {
    expect(paused('NoTraffic').run(advanceRollout)).toEqual(['StepEntered']);
    const reverting = History.rolling(BLUE_LIVE);
    reverting.run(rollbackRoute);
    expect(() => new History(BLUE_LIVE).run(endPause('NoTraffic'))).toThrow('no running rollout to resume');
    expect(reverting.run(endPause('NoTraffic'))).toEqual([]);
  });
});

describe('Resuming', () => {
  test('by hand gives a step that came to no conclusion all of its time again', () => {
    const history = History.rolling(BLUE_LIVE);
    history.run(pauseRollout('Inconclusive'), 500);
    history.run(resumeRollout, 900);
    expect(history.route.rollout!.phase.since).toBe(900);
  });

  test('says that there is nothing to resume, where there is no rollout', () => {
    expect(() => new History(BLUE_LIVE).run(resumeRollout)).toThrow('no running rollout to resume');
  });

  test('does nothing where nothing is paused', () => {
    expect(History.rolling(BLUE_LIVE).run(resumeRollout)).toEqual([]);
  });

  test('is no approval', () => {
    expect(() => paused('AwaitingApproval').run(resumeRollout)).toThrow(RolloutStateError);
  });
});

describe('An approval', () => {
  test('ends the wait for it', () => {
    const history = paused('AwaitingApproval');
    expect(history.run(approveStep)).toEqual(['StepApproved', 'RolloutResumed']);
    expect(history.route.rollout!.phase).toMatchObject({ name: 'Progressing', step: 0, approved: true });
  });

  test('given early holds for the current step, and only for that one', () => {
    const history = History.rolling(BLUE_LIVE);
    expect(history.run(approveStep)).toEqual(['StepApproved']);
    expect(history.run(approveStep)).toEqual([]);
    history.run(advanceRollout);
    expect(history.route.rollout!.phase).toMatchObject({ step: 1, approved: false });
  });

  test('given during a pause by hand is kept and does not end the pause', () => {
    const history = paused('Manual');
    history.run(approveStep);
    expect(history.phase).toBe('Paused');
    history.run(resumeRollout);
    expect(history.route.rollout!.phase).toMatchObject({ name: 'Progressing', approved: true });
  });

  test('does not end a pause by hand that came while the step was waiting for it', () => {
    const history = paused('AwaitingApproval');
    expect(history.run(pauseRollout('Manual'))).toEqual(['RolloutPaused']);
    history.run(approveStep);
    expect(history.phase).toBe('Paused');
  });

  test('is asked for by steps alone: a bake takes none, paused or not', () => {
    const history = History.rolling(BLUE_LIVE, planWith([50]));
    history.run(advanceRollout);
    expect(history.run(approveStep)).toEqual([]);
    history.run(pauseRollout('Manual'));
    expect(history.run(approveStep)).toEqual([]);
    const { route, state } = history;
    const stray = { type: 'StepApproved', route: 'chat', rolloutId: 'r1' } as const;
    const entry = { ...stray, at: 0, actor: 'ada', reason: '', evidence: [], revision: state.revision + 1 };
    expect(reduce(state, entry).routes.get('chat')).toBe(route);
  });

  test('that the schedule waits for never replaces a pause by hand', () => {
    const history = paused('Manual');
    expect(history.run(pauseRollout('AwaitingApproval'))).toEqual([]);
    expect(history.route.rollout!.phase).toMatchObject({ name: 'Paused', reason: 'Manual' });
  });
});
