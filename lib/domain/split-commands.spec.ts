import { describe, expect, test } from '@jest/globals';
import { History, planWith, routeWith } from '../../test/support/history.js';
import { RolloutStateError, UnknownEnvironmentError } from './errors.js';
import { setTrafficWeights } from './route-commands.js';
import { confirmRollback, promoteRollout, rollbackRollout, startRollout } from './rollout-commands.js';
import { revertSplit } from './split-commands.js';
import type { Weights } from './weights.js';

const split = (weights: Weights) => new History(routeWith(weights));
const start = startRollout({ rolloutId: 'r', plan: planWith([5]), seed: 's' });

/** A route whose rollout to green was taken back. */
function rolledBack(): History {
  const history = History.rolling(routeWith({ blue: 100, green: 0, third: 0 }));
  history.run(rollbackRollout);
  history.run(confirmRollback);
  return history;
}

describe('Promoting a split that was set by hand', () => {
  test('gives its environment what the live one has, and makes it the live one', () => {
    const history = split({ blue: 90, green: 10 });
    expect(history.run(promoteRollout, 7)).toEqual(['WeightsSet']);
    expect(history.route).toMatchObject({ weights: { blue: 0, green: 100 }, active: 'green', lastSwitchAt: 7 });
  });

  test('is about the environment that is no fallback, and leaves that one its share', () => {
    const history = split({ blue: 70, green: 10, third: 20 });
    history.run(promoteRollout);
    expect(history.route).toMatchObject({ weights: { blue: 0, green: 80, third: 20 }, active: 'green' });
  });

  test('is about a fallback where there is nobody else', () => {
    const history = split({ blue: 90, green: 0, third: 10 });
    history.run(promoteRollout);
    expect(history.route).toMatchObject({ weights: { blue: 0, green: 0, third: 100 }, active: 'third' });
  });

  test('is refused where nobody or more than one is on trial', () => {
    expect(() => split({ blue: 100, green: 0 }).run(promoteRollout)).toThrow('There is no running rollout to promote');
    const several = new History(routeWith({ blue: 80, green: 10, third: 10 }, { fallback: [] }));
    expect(() => several.run(promoteRollout)).toThrow(RolloutStateError);
    expect(() => several.run(promoteRollout)).toThrow('green, third');
  });

  test('is the promotion of the rollout while one is running', () => {
    const history = split({ blue: 90, green: 10 });
    history.run(start);
    expect(history.run(promoteRollout)).toEqual(['RolloutSucceeded']);
  });
});

describe('Taking back a split that was set by hand', () => {
  test('returns all of it to the live environment, and says so in the journal', () => {
    const history = split({ blue: 70, green: 10, third: 20 });
    history.run(rollbackRollout);
    expect(history.route).toMatchObject({ weights: { blue: 100, green: 0, third: 0 }, active: 'blue' });
    expect(history.entries.at(-1)).toMatchObject({ type: 'WeightsSet', reverted: true });
  });

  test('is once more the rollback of a rollout where there was one', () => {
    const history = rolledBack();
    history.run(setTrafficWeights({ blue: 80, green: 10, third: 10 }));
    expect(history.run(rollbackRollout)).toEqual(['RolloutAborted']);
    expect(history.route.weights).toEqual({ blue: 90, green: 0, third: 10 });
  });

  test('returns to whom is named, and does nothing where all of it is there', () => {
    const history = split({ blue: 100, green: 0 });
    history.run(setTrafficWeights({ green: 100 }));
    history.run(revertSplit('blue'));
    expect(history.route).toMatchObject({ weights: { blue: 100, green: 0 }, active: 'blue' });
    expect(history.run(revertSplit('blue'))).toEqual([]);
    expect(() => history.run(revertSplit('red'))).toThrow(UnknownEnvironmentError);
    expect(() => History.rolling(routeWith({ blue: 100, green: 0 })).run(revertSplit('blue'))).toThrow(
      RolloutStateError,
    );
  });

  test('gives nothing to who was taken out already, asked for twice or by mistake', () => {
    const history = split({ blue: 90, green: 10 });
    history.run(revertSplit());
    expect(history.run(revertSplit('green'))).toEqual([]);
    history.run(setTrafficWeights({ blue: 90, green: 10 }));
    expect(history.run(promoteRollout)).toEqual(['WeightsSet']);
    history.run(revertSplit('blue'));
    expect(history.run(revertSplit('green'))).toEqual([]);
    history.run(start);
    history.run(rollbackRollout);
    history.run(confirmRollback);
    expect(history.run(revertSplit('green'))).toEqual([]);
    expect(history.route.weights).toEqual({ blue: 100, green: 0 });
  });

  test('begins new evidence for whoever gets traffic again', () => {
    const history = split({ blue: 90, green: 10 });
    const began = history.route.epoch;
    history.run(setTrafficWeights({ blue: 80, green: 20 }));
    history.run(revertSplit());
    expect(history.route.epoch).toBe(began);
    history.run(setTrafficWeights({ blue: 90, green: 10 }));
    expect(history.route.epoch).toBe(history.state.revision);
  });

  test('is refused where nothing was ever split', () => {
    expect(() => split({ blue: 100, green: 0 }).run(rollbackRollout)).toThrow('has no rollout to roll back');
  });
});
