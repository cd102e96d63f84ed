import { describe, expect, test } from '@jest/globals';
import { History, planWith, routeWith } from '../../test/support/history.js';
import { RolloutStateError } from './errors.js';
import { inTurn, outcomeOf } from './in-turn.js';
import { startRollout } from './rollout-commands.js';
import { changeSettings, setTrafficWeights } from './route-commands.js';

const start = startRollout({ rolloutId: 'r1', plan: planWith([50]), seed: 'seed' });

describe('commands in turn', () => {
  test('are each decided on what the one before leaves', () => {
    const history = new History(routeWith({ blue: 100, green: 0, third: 0 }));
    const events = history.run(inTurn(setTrafficWeights({ blue: 60, green: 20, third: 20 }), start));
    expect(events).toEqual(['WeightsSet', 'RolloutStarted']);
    expect(history.route.weights).toEqual({ blue: 30, green: 50, third: 20 });
  });

  test('lead to nothing when one of them is refused', () => {
    const history = History.rolling(routeWith({ blue: 100, green: 0 }));
    const { state } = history;
    expect(() => history.run(inTurn(changeSettings({ shadowPercentage: 10 }), start))).toThrow(RolloutStateError);
    expect(history.state).toBe(state);
  });

  test('can be tried without doing them', () => {
    const { route } = new History(routeWith({ blue: 100, green: 0 }));
    expect(outcomeOf(setTrafficWeights({ blue: 20, green: 80 }), route).weights).toEqual({ blue: 20, green: 80 });
    expect(route.weights).toEqual({ blue: 100, green: 0 });
  });
});
