import { describe, expect, test } from '@jest/globals';
import { History, planWith, routeWith } from '../../test/support/history.js';
import { RolloutStateError } from './errors.js';
import { promoteRollout, startRollout } from './rollout-commands.js';
import type { Weights } from './weights.js';

const split = (weights: Weights) => new History(routeWith(weights));
const start = startRollout({ rolloutId: 'r', plan: planWith([5]), seed: 's' });

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
