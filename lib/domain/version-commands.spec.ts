import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { History, planWith, routeWith } from '../../test/support/history.js';
import { rollbackRoute } from './rollback-commands.js';
import { promoteRollout, startRollout } from './rollout-commands.js';
import { pauseRollout } from './pause-commands.js';
import { changeSettings, configureRoute, restoreRoute, setTrafficWeights } from './route-commands.js';
import { snapshotOf, stateOf } from './snapshot.js';
import { emptyState } from './state.js';
import { assignVersions, MAX_VERSIONS, registerVersion } from './version-commands.js';
import { normalizeWeights, weightsProblem } from './weights.js';

const NEXT = { tag: 'next', model: 'model-next' };
const DEFINITION = routeWith({ blue: 100, green: 0 });

const someWeights = fc
  .dictionary(fc.constantFrom('blue', 'green', 'red', 'third'), fc.integer({ min: 1, max: 100 }), { minKeys: 1 })
  .map(normalizeWeights);

function registered(version: { tag: string; model: string }) {
  return History.replay(
    registerVersion(version)(emptyState).map((event, index) => ({
      ...event,
      at: 7,
      actor: 'ada',
      reason: 'test',
      evidence: [],
      revision: index + 1,
    })),
  );
}

describe('registering a version', () => {
  test('keeps it under its tag, with an id made from its content', () => {
    const { versions } = registered(NEXT);
    expect(versions.get('next')).toMatchObject({ version: NEXT, registeredAt: 7 });
    expect(versions.get('next')!.id).toMatch(/^ver_[0-9a-f]{16}$/);
  });

  test('once more with the same content is nothing new, whatever the order of its fields', () => {
    expect(registerVersion({ model: 'model-next', tag: 'next' })(registered(NEXT))).toEqual([]);
  });

  test('the 10,001st is refused; what is there can still be registered again', () => {
    const state = registered(NEXT);
    const [known] = state.versions.values();
    const versions = new Map(state.versions);
    for (let n = 1; n < MAX_VERSIONS; n++) versions.set(`v${n}`, known!);
    expect(() => registerVersion({ ...NEXT, tag: 'one-more' })({ ...state, versions })).toThrow(
      expect.objectContaining({ code: 'too_many_versions', status: 409 }),
    );
    expect(registerVersion(NEXT)({ ...state, versions })).toEqual([]);
  });

  test('with another content is refused: a tag stands for one thing for ever', () => {
    expect(() => registerVersion({ ...NEXT, model: 'other' })(registered(NEXT))).toThrow(
      expect.objectContaining({ code: 'version_exists', status: 409 }),
    );
  });
});

describe('assigning a version to a slot', () => {
  test('puts it there, with the upstream of the slot, and begins the evidence again', () => {
    const history = new History(DEFINITION);
    const { epoch } = history.route;
    expect(history.run(assignVersions({ green: NEXT }))).toEqual(['VersionAssigned']);
    expect(history.route.environments['green']!.version).toEqual({ ...NEXT, upstream: 'chat/green' });
    expect(history.route.epoch).toBeGreaterThan(epoch);
  });

  test('does nothing where it is already', () => {
    const history = new History(DEFINITION);
    history.run(assignVersions({ green: NEXT }));
    expect(history.run(assignVersions({ green: NEXT }))).toEqual([]);
  });

  test('to a slot that does not exist says which there are', () => {
    const history = new History(DEFINITION);
    expect(() => history.run(assignVersions({ purple: NEXT }))).toThrow(
      expect.objectContaining({ code: 'unknown_environment', remedy: expect.stringContaining('blue, green') }),
    );
  });

  test('on a side of a running rollout begins its schedule again', () => {
    const history = History.rolling(DEFINITION);
    const wider = History.rolling(routeWith({ blue: 100, green: 0, third: 0 }));
    expect(wider.run(assignVersions({ third: NEXT, green: NEXT })).at(-1)).toBe('StepEntered');
    expect(history.run(assignVersions({ green: NEXT }))).toEqual(['VersionAssigned', 'StepEntered']);
    expect(history.route.rollout!.phase).toMatchObject({ name: 'Progressing', step: 0 });
    expect(history.route.weights).toEqual({ blue: 95, green: 5 });
  });

  test('beside a running rollout, or under one that is being rolled back, does not begin it again', () => {
    const beside = History.rolling(routeWith({ blue: 100, green: 0, third: 0 }));
    expect(beside.run(assignVersions({ third: NEXT }))).toEqual(['VersionAssigned']);
    const reverting = History.rolling(DEFINITION);
    reverting.run(rollbackRoute);
    expect(reverting.run(assignVersions({ green: NEXT }))).toEqual(['VersionAssigned']);
  });

  test('leaves a pause by hand as it is, and ends one that waits for something of the old version', () => {
    const history = History.rolling(DEFINITION);
    history.run(pauseRollout('Manual'));
    history.run(assignVersions({ blue: NEXT }));
    expect(history.route.rollout!.phase).toMatchObject({ name: 'Paused', reason: 'Manual' });
    const waiting = History.rolling(DEFINITION);
    waiting.run(pauseRollout('Inconclusive'));
    waiting.run(assignVersions({ green: NEXT }));
    expect(waiting.phase).toBe('Progressing');
  });

  test('that brings an upstream of its own keeps it', () => {
    const history = new History(DEFINITION);
    history.run(assignVersions({ green: { ...NEXT, upstream: 'chat/other' } }));
    expect(history.route.environments['green']!.version.upstream).toBe('chat/other');
  });
});

describe('settings that are changed while the app runs', () => {
  test('are kept beside those that were changed before; the same once more is nothing new', () => {
    const history = new History(DEFINITION);
    expect(history.run(changeSettings({ shadowPercentage: 10 }))).toEqual(['RouteSettingsChanged']);
    const healthCheck = { enabled: true, autoRollback: false };
    expect(history.run(changeSettings({ healthCheck }))).toEqual(['RouteSettingsChanged']);
    expect(history.route.settings).toEqual({ shadowPercentage: 10, healthCheck });
    expect(history.run(changeSettings({ shadowPercentage: 10 }))).toEqual([]);
  });
});

describe('a return to an earlier revision', () => {
  test('needs the same environments, in any order', () => {
    const turned = new History(routeWith({ green: 0, blue: 100 })).route;
    expect(new History(DEFINITION).run(restoreRoute(turned, 1))).toEqual(['RouteRestored']);
  });

  test('brings back versions, weights and settings in one event', () => {
    const history = new History(DEFINITION);
    const past = history.route;
    history.run(assignVersions({ green: NEXT }));
    history.run(setTrafficWeights({ blue: 40, green: 60 }));
    history.run(changeSettings({ shadowPercentage: 10 }));
    expect(history.run(restoreRoute(past, 1))).toEqual(['RouteRestored']);
    expect(history.route).toMatchObject({ environments: past.environments, weights: past.weights, settings: {} });
    expect(history.route.epoch).toBe(history.state.revision);
  });

  test('ends a rollout that is under way', () => {
    const history = new History(DEFINITION);
    const past = history.route;
    history.run(startRollout({ rolloutId: 'r1', plan: planWith([5, 25]), seed: 's' }));
    expect(history.run(restoreRoute(past, 1))).toEqual(['RolloutAborted', 'RolledBack', 'RouteRestored']);
    expect([history.phase, history.route.weights['green']]).toEqual(['RolledBack', 0]);
  });

  test('to other environments than there are now says what to do', () => {
    const history = new History(routeWith({ blue: 100, other: 0 }));
    const past = new History(DEFINITION).route;
    expect(() => history.run(restoreRoute(past, 1))).toThrow(
      expect.objectContaining({ code: 'rollout_state', remedy: expect.stringContaining('blue, other') }),
    );
  });
});

describe('a configuration that changed while the journal stayed', () => {
  const changed = routeWith({ blue: 100, green: 0 });
  const green = { displayName: 'green', version: { tag: 'green-2', model: 'newer', upstream: 'chat/green' } };
  const next = { ...changed, environments: { ...changed.environments, green } };

  test('replaces what the options changed, and keeps weights, active environment and assigned versions', () => {
    const history = History.rolling(DEFINITION);
    history.run(promoteRollout);
    history.run(assignVersions({ blue: NEXT }));
    history.run(() => configureRoute(next, history.route));
    expect(history.route).toMatchObject({
      weights: { blue: 0, green: 100 },
      active: 'green',
      environments: { blue: { version: { tag: 'next' } }, green: { version: { tag: 'green-2' } } },
    });
  });

  test('with one more environment leaves all traffic where it is, and the new one begins without any', () => {
    const history = History.rolling(DEFINITION);
    history.run(promoteRollout);
    history.run(assignVersions({ green: NEXT }));
    history.run(changeSettings({ shadowPercentage: 10 }));
    const { seed, lastSwitchAt, rollout } = history.route;
    history.run(() => configureRoute(routeWith({ third: 0, blue: 100, green: 0 }), history.route), 9);
    expect(history.route).toMatchObject({
      weights: { blue: 0, green: 100, third: 0 },
      active: 'green',
      environments: { green: { version: NEXT }, third: { version: { tag: 'third-1' } } },
      settings: { shadowPercentage: 10 },
      fallback: ['third'],
      seed,
      lastSwitchAt,
      rollout,
    });
    expect(history.run(rollbackRoute)).toEqual(['RolloutAborted']);
  });

  test('knows who stands by as long as it is there, and who was placed where', () => {
    const history = new History(routeWith({ blue: 100, green: 0, third: 0 }));
    history.run(setTrafficWeights({ green: 100 }));
    const { order } = history.route;
    history.run(() => configureRoute(routeWith({ fourth: 0, blue: 100, green: 0 }), history.route));
    expect(history.route).toMatchObject({ standby: 'blue', active: 'green' });
    expect(history.route.order).toEqual([...order.filter((name) => name !== 'third'), 'fourth']);
    history.run(() => configureRoute(routeWith({ green: 100 }), history.route));
    expect(history.route).not.toHaveProperty('standby');
    expect(history.route.order).toEqual(['green']);
  });

  test('with one less gives its share to the active environment', () => {
    const history = new History(routeWith({ blue: 100, green: 0, third: 0 }));
    history.run(setTrafficWeights({ blue: 70, green: 10, third: 20 }));
    history.run(() => configureRoute(routeWith({ blue: 0, green: 100 }), history.route));
    expect(history.route).toMatchObject({ weights: { blue: 90, green: 10 }, active: 'blue' });
    expect(history.route.weights).not.toHaveProperty('third');
  });

  test('without the active environment has the one active that the options name', () => {
    const history = new History(DEFINITION);
    history.run(setTrafficWeights({ blue: 70, green: 30 }));
    history.run(() => configureRoute(routeWith({ red: 100, green: 0 }), history.route), 5);
    expect(history.route).toMatchObject({ weights: { red: 70, green: 30 }, active: 'red', lastSwitchAt: 5 });
  });

  test.each([
    ['from', { green: 100 }],
    ['to', { blue: 100 }],
  ])('without the environment that a rollout goes %s leaves nothing of the rollout', (_side, weights) => {
    const history = History.rolling(DEFINITION);
    const types = history.run(() => configureRoute(routeWith(weights), history.route));
    expect(types).toEqual(['RolloutAborted', 'RolledBack', 'RouteConfigured']);
    expect(history.route).toMatchObject({ weights, active: Object.keys(weights)[0] });
    expect(history.route).not.toHaveProperty('rollout');
  });

  test('leaves weights that sum to 100, whatever was there and whatever is there now', () => {
    fc.assert(
      fc.property(someWeights, someWeights, someWeights, (first, split, later) => {
        const history = new History(routeWith(first));
        const shares = normalizeWeights(Object.fromEntries(Object.keys(first).map((name) => [name, split[name] ?? 1])));
        history.run(setTrafficWeights(shares));
        history.run(() => configureRoute(routeWith(later), history.route));
        const { weights, active, environments } = history.route;
        expect(weightsProblem(weights)).toBeUndefined();
        expect(Object.keys(weights).toSorted()).toEqual(Object.keys(later).toSorted());
        expect(Object.keys(environments)).toContain(active);
        for (const name of Object.keys(shares)) {
          if (name in later && name !== active) expect(weights[name]).toBe(shares[name]);
        }
      }),
    );
  });

  test('that is the same as before changes nothing, also when versions were assigned since', () => {
    const history = new History(DEFINITION);
    history.run(assignVersions({ green: NEXT }));
    expect(configureRoute(DEFINITION, history.route)).toEqual([]);
  });

  test('under a rollout that is being rolled back loses nothing of it', () => {
    const history = History.rolling(DEFINITION);
    history.run(rollbackRoute);
    history.run(() => configureRoute(next, history.route));
    expect([history.phase, history.route.weights['blue']]).toEqual(['RolledBack', 100]);
  });
});

test('a snapshot is JSON, and the state comes back from it', () => {
  const history = History.rolling(DEFINITION);
  const state = { ...history.state, versions: registered(NEXT).versions };
  expect(stateOf(JSON.parse(JSON.stringify(snapshotOf(state))))).toEqual(state);
});

test.each([
  ['before its first rollout', new History(DEFINITION)],
  ['during one', History.rolling(DEFINITION)],
])('a snapshot is the whole state as JSON, %s', (_when, { state }) => {
  expect(stateOf(JSON.parse(JSON.stringify(snapshotOf(state))))).toEqual(state);
});

describe('The addresses of a route whose journal knows none', () => {
  const addresses = { blue: 'a', green: 'b' };

  test('are recorded at the next start, and nothing begins again', () => {
    const history = History.rolling(DEFINITION);
    const { epoch, rollout } = history.route;
    const events = configureRoute({ ...DEFINITION, addresses }, history.route);
    expect(events).toEqual([{ type: 'AddressesChanged', route: 'chat', addresses, changed: [] }]);
    history.run(() => events);
    expect(history.route).toMatchObject({ epoch, rollout, addresses });
  });

  test.each([
    ['on trial', { ...addresses, green: 'c' }, ['green'], ['AddressesChanged', 'StepEntered']],
    ['live', { ...addresses, blue: 'c' }, ['blue'], ['AddressesChanged', 'StepEntered']],
    ['that is not compared', { ...addresses, fallback: 'c' }, [], ['AddressesChanged']],
  ])('restart a rollout when that of an environment %s changes', (_which, now, changed, types) => {
    const definition = { ...DEFINITION, addresses: { ...addresses, fallback: 'f' } };
    const history = History.rolling(definition);
    history.run((route) => configureRoute(definition, route));
    const events = configureRoute({ ...definition, addresses: { fallback: 'f', ...now } }, history.route);
    expect(events.map(({ type }) => type)).toEqual(types);
    expect(events[0]).toMatchObject({ changed });
  });
});
