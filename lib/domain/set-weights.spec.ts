import { describe, expect, test } from '@jest/globals';
import { setTrafficWeights, shiftTraffic } from './route-commands.js';
import { rollbackRoute } from './rollback-commands.js';
import { InvalidWeightsError, RolloutStateError, UnknownEnvironmentError } from './errors.js';
import { History, routeWith } from '../../test/support/history.js';

const newRoute = () => new History(routeWith({ blue: 100, green: 0, third: 0 }));

describe('setTrafficWeights', () => {
  test('gives 0 to the environments left out', () => {
    const history = newRoute();
    expect(history.run(setTrafficWeights({ green: 30, blue: 70 }))).toEqual(['WeightsSet']);
    expect(history.route.weights).toEqual({ blue: 70, green: 30, third: 0 });
  });

  test('gives 0 also to an environment whose name every object has a property of', () => {
    const history = new History(routeWith({ blue: 50, constructor: 50 }));
    history.run(setTrafficWeights({ blue: 100 }));
    expect(history.route.weights).toEqual({ blue: 100, constructor: 0 });
  });

  test('that changes nothing is not an event', () => {
    expect(newRoute().run(setTrafficWeights({ blue: 100, green: 0 }))).toEqual([]);
  });

  test('that changes nothing is not an event where the weights leave environments out, either', () => {
    const history = new History({ ...routeWith({ blue: 100, green: 0 }), weights: { blue: 100 } });
    expect(history.run(setTrafficWeights({ blue: 100 }))).toEqual([]);
  });

  test('makes the first of two that are equally heavy active', () => {
    const history = newRoute();
    history.run(setTrafficWeights({ green: 50, third: 50 }));
    expect(history.route.active).toBe('green');
  });

  test('keeps the active environment while it takes traffic, else makes the heaviest active', () => {
    const history = newRoute();
    history.run(setTrafficWeights({ blue: 1, green: 99 }), 1_000);
    expect(history.route).toMatchObject({ active: 'blue' });
    expect(history.route.lastSwitchAt).toBeUndefined();
    history.run(setTrafficWeights({ green: 40, third: 60 }), 2_000);
    expect(history.route).toMatchObject({ active: 'third', lastSwitchAt: 2_000 });
  });

  test.each([
    ['a sum that is not 100', { blue: 50, green: 40 }, InvalidWeightsError],
    ['a negative weight', { blue: 110, green: -10 }, InvalidWeightsError],
    ['an environment that does not exist', { blue: 50, red: 50 }, UnknownEnvironmentError],
    ['a name that every object has', { blue: 50, toString: 50 }, UnknownEnvironmentError],
  ])('refuses %s', (_what, weights, expected) => {
    expect(() => newRoute().run(setTrafficWeights(weights))).toThrow(expected);
  });

  test('begins a new segment of evidence, and all of it again for an environment that had no traffic', () => {
    const history = newRoute();
    history.run(setTrafficWeights({ blue: 80, green: 20 }));
    const { segment, epoch } = history.route;
    expect(epoch).toBe(history.state.revision);
    history.run(setTrafficWeights({ blue: 50, green: 50 }));
    expect(history.route.segment).toBeGreaterThan(segment);
    expect(history.route.epoch).toBe(epoch);
  });
});

describe('shiftTraffic', () => {
  test('takes from the active environment first, then from the others', () => {
    const history = newRoute();
    history.run(setTrafficWeights({ blue: 20, green: 50, third: 30 }));
    history.run(shiftTraffic('green', 10));
    expect(history.route.weights).toEqual({ blue: 10, green: 60, third: 30 });
    history.run(shiftTraffic('green', 15));
    expect(history.route.weights).toEqual({ blue: 0, green: 75, third: 25 });
  });

  test('of all that the others have leaves them nothing, whoever comes first in the configuration', () => {
    const history = new History(routeWith({ third: 30, blue: 20, green: 50 }, { active: 'blue' }));
    history.run(shiftTraffic('green', 20));
    expect(history.route.weights).toEqual({ third: 30, blue: 0, green: 70 });
  });

  test('works where the weights leave environments out', () => {
    const history = new History({ ...routeWith({ blue: 100, green: 0, third: 0 }), weights: { blue: 100 } });
    history.run(shiftTraffic('green', 100));
    expect(history.route.weights).toEqual({ blue: 0, green: 100, third: 0 });
  });

  test('stops at 100 and is nothing from there on', () => {
    const history = newRoute();
    history.run(shiftTraffic('green', 60));
    history.run(shiftTraffic('green', 60));
    expect(history.route.weights).toEqual({ blue: 0, green: 100, third: 0 });
    expect(history.run(shiftTraffic('green', 10))).toEqual([]);
  });

  test('in ten steps of 10 moves everything, and makes the target active only then', () => {
    const history = newRoute();
    for (let step = 1; step <= 10; step++) {
      history.run(shiftTraffic('green', 10));
      expect(history.route.weights['green']).toBe(step * 10);
      expect(history.route.active).toBe(step < 10 ? 'blue' : 'green');
    }
  });

  test.each([0, -5, 100.1, Number.NaN, Number.POSITIVE_INFINITY])('refuses an increment of %d', (increment) => {
    expect(() => newRoute().run(shiftTraffic('green', increment))).toThrow(RolloutStateError);
  });

  test('takes less than a percent too', () => {
    const history = newRoute();
    history.run(shiftTraffic('green', 0.5));
    expect(history.route.weights).toMatchObject({ blue: 99.5, green: 0.5 });
  });

  test.each(['red', 'toString'])('refuses a target that does not exist: %s', (target) => {
    expect(() => newRoute().run(shiftTraffic(target, 10))).toThrow(UnknownEnvironmentError);
  });
});

describe.each([
  ['setTrafficWeights', setTrafficWeights({ blue: 50, green: 50 })],
  ['shiftTraffic', shiftTraffic('green', 10)],
])('%s', (_name, command) => {
  test('is refused while a rollout runs or is being rolled back: its schedule sets the weights', () => {
    const history = History.rolling(routeWith({ blue: 100, green: 0 }));
    expect(() => history.run(command)).toThrow(RolloutStateError);
    history.run(rollbackRoute);
    expect(() => history.run(command)).toThrow(RolloutStateError);
  });
});
