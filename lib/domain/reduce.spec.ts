import { describe, expect, test } from '@jest/globals';
import { setTrafficWeights } from './route-commands.js';
import { rollbackRoute } from './rollback-commands.js';
import { promoteRollout } from './rollout-commands.js';
import { approveStep, pauseRollout } from './pause-commands.js';
import type { BlueGreenEvent, JournalEntry } from './events.js';
import { reduce } from './reduce.js';
import { emptyState } from './state.js';
import { History, routeWith } from '../../test/support/history.js';

const DEFINITION = routeWith({ blue: 100, green: 0 });

function entry(event: BlueGreenEvent, revision: number): JournalEntry {
  return { ...event, revision, at: 0, actor: 'ada', reason: 'test', evidence: [] };
}

describe('The fold', () => {
  test('leaves the state it was given untouched', () => {
    const history = new History(DEFINITION);
    const before = history.state;
    const copy = structuredClone(before);
    history.run(setTrafficWeights({ green: 100 }));
    expect(before).toEqual(copy);
  });

  test('counts an entry of a route it does not know, and does nothing else with it', () => {
    const stray = entry({ type: 'WeightsSet', route: 'gone', weights: { blue: 100 }, active: 'blue' }, 7);
    expect(reduce(emptyState, stray)).toEqual({ ...emptyState, revision: 7 });
  });

  test('does not let a late entry of an earlier rollout touch the present one', () => {
    const { state, route } = History.rolling(DEFINITION);
    const ids = { route: 'chat', rolloutId: 'an earlier one' };
    const late: BlueGreenEvent[] = [
      { type: 'RolloutAborted', ...ids, weights: { blue: 100, green: 0 } },
      { type: 'RolloutSucceeded', ...ids, weights: { blue: 0, green: 100 } },
      { type: 'StepEntered', ...ids, step: 2, weights: { blue: 1, green: 99 } },
    ];
    for (const event of late) expect(reduce(state, entry(event, 9)).routes.get('chat')).toBe(route);
  });

  test('does nothing with an entry that the state of its rollout leaves no room for', () => {
    const ids = { route: 'chat', rolloutId: 'r1' };
    const none = new History(DEFINITION);
    const stray = entry({ type: 'StepEntered', ...ids, step: 1, weights: { blue: 1, green: 99 } }, 9);
    expect(reduce(none.state, stray).routes.get('chat')).toBe(none.route);
    const walking = History.rolling(DEFINITION);
    expect(reduce(walking.state, entry({ type: 'RolloutResumed', ...ids }, 9)).routes.get('chat')).toBe(walking.route);
    walking.run(promoteRollout);
    const late = reduce(walking.state, entry({ type: 'RolloutPaused', ...ids, cause: 'Manual' }, 9));
    expect(late.routes.get('chat')!.rollout!.phase.name).toBe('Succeeded');
  });

  test('begins new evidence with a rollout, and a new segment with every change of the weights', () => {
    const history = History.rolling(DEFINITION);
    const started = history.state.revision;
    expect(history.route).toMatchObject({ epoch: started, segment: started });
    history.run(pauseRollout('Manual'));
    history.run(approveStep);
    expect(history.route).toMatchObject({ epoch: started, segment: started });
    history.run(promoteRollout);
    expect(history.route).toMatchObject({ epoch: started, segment: history.state.revision });
    history.run(rollbackRoute);
    expect(history.route).toMatchObject({ epoch: started, segment: history.state.revision });
  });

  test('remembers when the active environment changed, and only then', () => {
    const history = History.rolling(DEFINITION);
    expect(history.route.lastSwitchAt).toBeUndefined();
    history.run(promoteRollout, 1_000);
    expect(history.route).toMatchObject({ active: 'green', lastSwitchAt: 1_000 });
    history.run(setTrafficWeights({ green: 50, blue: 50 }), 2_000);
    expect(history.route.lastSwitchAt).toBe(1_000);
    history.run(setTrafficWeights({ green: 100 }), 3_000);
    expect(history.route.lastSwitchAt).toBe(1_000);
    history.run(rollbackRoute, 4_000);
    expect(history.route).toMatchObject({ active: 'blue', lastSwitchAt: 4_000 });
  });
});
