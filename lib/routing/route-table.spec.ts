import { describe, expect, test } from '@jest/globals';
import { configureRoute, setTrafficWeights } from '../domain/route-commands.js';
import { promoteRollout, startRollout } from '../domain/rollout-commands.js';
import { UnknownEnvironmentError, UnknownRouteError } from '../domain/errors.js';
import { reduce } from '../domain/reduce.js';
import type { RouteState } from '../domain/state.js';
import { History, planWith, routeWith } from '../../test/support/history.js';
import { murmur3 } from './hash.js';
import { RouteTable, slotOf, type CompiledRoute } from './route-table.js';
import { shadowTarget } from './shadow-target.js';
import { slotAt } from './traffic-splitter.js';

const compiled = ({ state }: History) => RouteTable.from(state).get('chat');
const order = (history: History) => compiled(history).slots.map(({ environment }) => environment);

/** Such a process: of the route `chat`, with these upstreams. */
const served = (upstreams: readonly string[]) => ({
  route: (alias: string) => alias === 'chat',
  upstream: (id: string) => upstreams.includes(id),
});
const here = ({ state }: History, ...names: string[]) =>
  RouteTable.from(state, undefined, served(names.map((name) => `chat/${name}`))).get('chat');
const shares = ({ slots }: CompiledRoute) => Object.fromEntries(slots.map((slot) => [slot.environment, slot.weight]));

describe('The slots of a route', () => {
  test('begin with the idle environment, beside the live one', () => {
    expect(order(new History(routeWith({ blue: 100, green: 0, spare: 0 })))).toEqual(['green', 'blue', 'spare']);
  });

  test('begin with the canary during a rollout', () => {
    const history = new History(routeWith({ blue: 80, green: 0, spare: 20 }));
    history.run(startRollout({ rolloutId: 'r', plan: planWith([5]), seed: '', to: 'spare' }));
    expect(order(history)).toEqual(['spare', 'blue', 'green']);
  });

  test('stay in their order when another environment becomes active', () => {
    const history = new History(routeWith({ blue: 100, green: 0, spare: 0 }));
    const before = order(history);
    history.run(setTrafficWeights({ green: 40, spare: 60 }));
    expect(history.route.active).toBe('spare');
    expect(order(history)).toEqual(before);
    history.run(startRollout({ rolloutId: 'r', plan: planWith([5]), seed: '', to: 'green' }));
    const during = order(history);
    history.run(promoteRollout);
    expect(order(history)).toEqual(during);
  });

  test('end at 1, also when the weights sum to 99.99 or 100.01', () => {
    for (const blue of [59.99, 60, 60.01]) {
      const route = compiled(new History(routeWith({ blue, green: 40 })));
      expect(route.bounds.at(-1)).toBe(1);
      expect(slotAt(route, 1 - 2 ** -32).environment).toBe('blue');
    }
  });

  test('without weight are never fallen into', () => {
    const route = compiled(new History(routeWith({ blue: 0, green: 0, spare: 100 })));
    for (const u of [0, 0.5, 1 - 2 ** -32]) expect(slotAt(route, u).environment).toBe('spare');
  });
});

describe('A table', () => {
  test('takes over the routes that did not change, and compiles the others', () => {
    const { state } = new History(routeWith({ blue: 100, green: 0 }));
    const other: RouteState = { ...state.routes.get('chat')!, alias: 'other' };
    const both = { ...state, routes: new Map(state.routes).set('other', other) };
    const before = RouteTable.from(both);
    const [event] = setTrafficWeights({ blue: 50, green: 50 })(other);
    const next = reduce(both, { ...event!, at: 0, actor: '', reason: '', evidence: [], revision: 9 });
    const after = RouteTable.from(next, { state: both, table: before });
    expect(after.revision).toBe(9);
    expect(after.get('chat')).toBe(before.get('chat'));
    expect(after.get('other').slots.map(({ weight }) => weight)).toEqual([50, 50]);
    expect(before.get('other').slots.map(({ weight }) => weight)).toEqual([0, 100]);
  });

  test('knows its revision and its aliases, also when it is empty', () => {
    const { state } = new History(routeWith({ blue: 100 }));
    expect(RouteTable.from(state)).toMatchObject({ revision: 1, aliases: ['chat'] });
    expect(RouteTable.empty).toMatchObject({ revision: 0, aliases: [] });
  });

  test('gives a weight of 0 to what the weights leave out, and the seed of the route to the hash', () => {
    const route = compiled(new History({ ...routeWith({ blue: 100, green: 0 }), weights: { blue: 100 } }));
    expect(route.slots.map(({ environment, weight }) => [environment, weight])).toEqual([
      ['green', 0],
      ['blue', 100],
    ]);
    expect(route.seed).toBe(murmur3('chat', 0));
  });

  test('finds nothing for an alias it does not have, and says which ones it has', () => {
    const table = RouteTable.from(new History(routeWith({ blue: 100 })).state);
    expect(table.find('nope')).toBeUndefined();
    expect(() => table.get('nope')).toThrow(UnknownRouteError);
    expect(() => table.get('nope')).toThrow('nope');
    expect(() => RouteTable.empty.get('chat')).toThrow(UnknownRouteError);
  });

  test('names the environments when asked for one that the route does not have', () => {
    const route = compiled(new History(routeWith({ blue: 100, green: 0 })));
    expect(slotOf(route, 'green').weight).toBe(0);
    expect(() => slotOf(route, 'red')).toThrow(UnknownEnvironmentError);
  });

  test('keeps the fallbacks in the order of the configuration, whatever their weight', () => {
    const definition = routeWith({ blue: 100, near: 0, far: 0 }, { fallback: ['far', 'near'] });
    expect(compiled(new History(definition)).fallback.map(({ environment }) => environment)).toEqual(['far', 'near']);
    expect(configureRoute({ ...definition, fallback: ['near'] }, new History(definition).route)).toHaveLength(1);
  });
});

describe('In a process whose options are not those of the journal, a table', () => {
  test('has the routes of the options alone', () => {
    const { state } = new History(routeWith({ blue: 100 }));
    const both = { ...state, routes: new Map(state.routes).set('other', state.routes.get('chat')!) };
    const table = RouteTable.from(both, undefined, served(['chat/blue']));
    expect(table.aliases).toEqual(['chat']);
    expect(() => table.get('other')).toThrow(UnknownRouteError);
  });

  test('gives the share of who cannot be asked to the live environment', () => {
    const route = here(new History(routeWith({ blue: 60, green: 40, spare: 0 })), 'blue', 'spare');
    expect(shares(route)).toEqual({ blue: 60 + 40, green: 0, spare: 0 });
    expect(route.slots.filter(({ servable }) => !servable)).toMatchObject([{ environment: 'green' }]);
  });

  test('gives it to the first fallback where the live one cannot be asked itself, else to whoever can', () => {
    const history = new History(routeWith({ blue: 60, green: 40, far: 0, near: 0 }, { fallback: ['far', 'near'] }));
    expect(shares(here(history, 'green', 'near'))).toEqual({ blue: 0, green: 40, far: 0, near: 60 });
    expect(shares(here(history, 'green'))).toEqual({ blue: 0, green: 100, far: 0, near: 0 });
    expect(here(history, 'green', 'near').fallback).toMatchObject([{ environment: 'near' }]);
  });

  test('leaves the weights as they are where nobody can be asked', () => {
    expect(shares(here(new History(routeWith({ blue: 60, green: 40 }))))).toEqual({ blue: 60, green: 40 });
  });

  test('mirrors to nobody who cannot be asked', () => {
    const route = here(new History(routeWith({ blue: 100, green: 0 })), 'blue');
    expect([shadowTarget(route, undefined), shadowTarget(route, 'green')]).toEqual([undefined, undefined]);
  });
});
