import { describe, expect, test } from '@jest/globals';
import { History, planWith, routeWith } from '../../test/support/history.js';
import type { Command } from './command.js';
import { RolloutStateError, UnknownEnvironmentError } from './errors.js';
import {
  leftBehind,
  refusingBound,
  rollbackNamed,
  rollbackRoute,
  rollbackTarget,
  rollbackTo,
} from './rollback-commands.js';
import { restoreRoute, setTrafficWeights, shiftTraffic } from './route-commands.js';
import { confirmRollback, promoteRollout, startRollout } from './rollout-commands.js';
import { advanceRollout } from './stage-commands.js';
import { splitTraffic } from './traffic-rules.js';
import { assignVersions } from './version-commands.js';
import type { Weights } from './weights.js';

const split = (weights: Weights) => new History(routeWith(weights));
const start = startRollout({ rolloutId: 'r', plan: planWith([5]), seed: 's' });
const rule = (tag: string, weight: number) => ({ version: { tag, model: 'm' }, weight });
const named = (name: string) => rollbackNamed(name, 'production');

function after(weights: Weights, ...commands: readonly Command[]): History {
  const history = split(weights);
  for (const command of commands) history.run(command);
  return history;
}

const BLUE = { blue: 100, green: 0 };
const CANARY = setTrafficWeights({ blue: 90, green: 10 });

/** Everything that puts traffic on green. */
const WAYS: readonly (readonly [string, readonly Command[]])[] = [
  ['a canary by hand', [CANARY]],
  ['a canary that was promoted', [CANARY, promoteRollout]],
  ['weights', [setTrafficWeights({ green: 100 })]],
  ['a shift', [shiftTraffic('green', 30)]],
  ['a shift of everything', [shiftTraffic('green', 100)]],
  ['rules', [splitTraffic([rule('blue-1', 60), rule('v2', 40)])]],
  ['rules for all of it', [splitTraffic([rule('v2', 100)])]],
  ['a rollout', [start]],
  ['a rollout that was promoted', [start, promoteRollout]],
  ['a rollout that bakes', [start, advanceRollout]],
  ['a rollout that has succeeded', [start, advanceRollout, advanceRollout]],
  ['weights after a rollback', [start, rollbackRoute, confirmRollback, setTrafficWeights({ green: 100 })]],
];

describe.each(WAYS)('A rollback after %s', (_way, commands) => {
  test.each<[string, Command]>([
    ['the route', rollbackRoute],
    ['green', named('green')],
    ['production', named('production')],
  ])('of %s returns everything to blue, and the second one finds nothing to do', (_what, rollback) => {
    const history = after(BLUE, ...commands);
    expect(rollbackTarget(history.route)).toBe('blue');
    expect(history.run(rollback)).toHaveLength(1);
    history.run(confirmRollback);
    expect(history.route).toMatchObject({ active: 'blue', weights: BLUE, standby: undefined });
    for (const again of [rollback, rollbackRoute, named('green')]) expect(history.run(again)).toEqual([]);
    expect(rollbackTarget(history.route)).toBeUndefined();
  });
});

describe.each(WAYS)('Conversations that only green can continue, after %s and a rollback,', (_way, commands) => {
  test.each<[string, Command, string | undefined]>([
    ['the route', rollbackRoute, undefined],
    ['green', named('green'), 'green'],
  ])('end when a later one of %s says so, once', (_what, rollback, name) => {
    const history = after(BLUE, ...commands, rollbackRoute, confirmRollback);
    expect(history.route.refusesBound).toBeUndefined();
    expect(history.run(refusingBound(named('blue'), 'blue'))).toEqual([]);
    expect(history.run(refusingBound(rollback, name))).toHaveLength(1);
    expect(history.route).toMatchObject({ weights: BLUE, active: 'blue', refusesBound: true });
    expect(leftBehind(history.route)).toBe('green');
    expect(history.run(refusingBound(rollback, name))).toEqual([]);
  });
});

describe('A rollback', () => {
  test('of a route that was never moved ends nothing', () => {
    expect(split(BLUE).run(refusingBound(rollbackRoute))).toEqual([]);
  });

  test('after the restore of another configuration returns to the version that was live', () => {
    const history = after(BLUE, setTrafficWeights({ green: 100 }));
    const past = history.route;
    history.run(rollbackRoute);
    history.run(restoreRoute(past, 2));
    expect(history.route).toMatchObject({ active: 'green', standby: 'blue' });
  });

  test('says in the journal that a split was taken back', () => {
    const history = after(BLUE, CANARY, rollbackRoute);
    expect(history.entries.at(-1)).toMatchObject({ type: 'WeightsSet', reverted: true });
  });

  test('ends the rollout whose success it takes back', () => {
    expect(after(BLUE, start, promoteRollout, rollbackRoute).phase).toBe('Aborting');
  });

  test('goes to the live environment before it goes to the one that stands by', () => {
    const history = after(BLUE, setTrafficWeights({ green: 100 }), setTrafficWeights({ blue: 20, green: 80 }));
    history.run(rollbackRoute);
    expect(history.route).toMatchObject({ active: 'green', weights: { blue: 0, green: 100 } });
    expect(history.run(rollbackRoute)).toEqual([]);
  });

  test('never returns to what traffic was taken from by hand', () => {
    const history = after(BLUE, CANARY, promoteRollout, setTrafficWeights({ blue: 100 }));
    expect(history.run(rollbackRoute)).toEqual([]);
  });

  test('never returns to a slot whose version has changed since', () => {
    const history = after(BLUE, start, promoteRollout, assignVersions({ blue: { tag: 'v3', model: 'm' } }));
    expect(rollbackTarget(history.route)).toBeUndefined();
    expect(history.run(rollbackRoute)).toEqual([]);
  });

  test('leaves a fallback the share that was configured for it, and no more', () => {
    const history = after({ blue: 70, green: 10, third: 20 }, setTrafficWeights({ blue: 40, green: 30, third: 30 }));
    history.run(rollbackRoute);
    expect(history.route.weights).toEqual({ blue: 80, green: 0, third: 20 });
    expect(history.run(rollbackRoute)).toEqual([]);
    const taken = after({ blue: 100, green: 0, third: 0 }, setTrafficWeights({ blue: 70, third: 30 }), rollbackRoute);
    expect(taken.route.weights).toEqual({ blue: 100, green: 0, third: 0 });
  });

  test('leaves nothing to a fallback that was live', () => {
    const history = after({ stable: 90, candidate: 10 }, setTrafficWeights({ candidate: 100 }), rollbackRoute);
    expect(history.route).toMatchObject({ active: 'stable', weights: { stable: 100, candidate: 0 } });
  });

  test('begins new evidence for whoever gets traffic again', () => {
    const history = after(BLUE, CANARY);
    const began = history.route.epoch;
    history.run(rollbackRoute);
    expect(history.route.epoch).toBe(began);
    history.run(CANARY);
    expect(history.route.epoch).toBe(history.state.revision);
  });
});

describe('A rollback by name', () => {
  test('takes the live environment out only for one that stands by', () => {
    const history = after(BLUE, setTrafficWeights({ green: 100 }));
    expect(history.run(named('blue'))).toEqual([]);
    history.run(named('green'));
    expect(history.route).toMatchObject({ active: 'blue', weights: BLUE });
    expect(history.run(named('blue'))).toEqual([]);
  });

  test('of the live environment, with nothing to replace it, is that of the route', () => {
    expect(after(BLUE, CANARY, named('blue')).route.weights).toEqual(BLUE);
    expect(after(BLUE, start, named('blue')).phase).toBe('Aborting');
  });

  test('takes out that environment alone', () => {
    const three = new History(routeWith({ blue: 70, green: 10, third: 20 }, { fallback: [] }));
    three.run(named('third'));
    expect(three.route.weights).toEqual({ blue: 90, green: 10, third: 0 });
    three.run(start);
    expect(three.run(named('third'))).toEqual([]);
    const busy = after({ blue: 70, green: 10, third: 20 }, start);
    expect(() => busy.run(named('third'))).toThrow('has no part in it');
  });

  test('knows display names, the deployment, and nothing else', () => {
    const { environments, ...rest } = routeWith({ blue: 90, green: 10 });
    const shown = { ...environments, green: { ...environments['green']!, displayName: 'production-v2' } };
    const history = new History({ ...rest, environments: shown });
    for (const name of ['staging', 'constructor', 'Production']) {
      expect(() => history.run(named(name))).toThrow(UnknownEnvironmentError);
    }
    expect(() => history.run(named('staging'))).toThrow(
      expect.objectContaining({ remedy: 'Use one of: blue, green, production-v2, production.' }),
    );
    history.run(named('production-v2'));
    expect(history.route.weights).toEqual(BLUE);
  });

  test('does not guess between two environments of one display name', () => {
    const { environments, ...rest } = routeWith({ blue: 90, green: 10 });
    const same = Object.fromEntries(
      Object.entries(environments).map(([name, slot]) => [name, { ...slot, displayName: 'model' }]),
    );
    expect(() => new History({ ...rest, environments: same }).run(named('model'))).toThrow(UnknownEnvironmentError);
  });
});

describe('A rollback to a named target', () => {
  test('goes to the live one or to the one that stands by, and nowhere else', () => {
    const history = after(BLUE, setTrafficWeights({ green: 100 }), rollbackTo('blue'));
    expect(history.route).toMatchObject({ weights: BLUE, active: 'blue' });
    expect(history.run(rollbackTo('blue'))).toEqual([]);
    expect(history.run(rollbackTo('green'))).toEqual([]);
    expect(() => history.run(rollbackTo('red'))).toThrow(UnknownEnvironmentError);
    expect(() => after(BLUE, start, rollbackTo('blue'))).toThrow(RolloutStateError);
  });
});
