import { describe, expect, test } from '@jest/globals';
import { setTrafficWeights } from '../domain/route-commands.js';
import { startRollout } from '../domain/rollout-commands.js';
import { UnknownEnvironmentError, UnknownRouteError } from '../domain/errors.js';
import { History, planWith, routeWith } from '../../test/support/history.js';
import { LiveRouteTable } from './live-route-table.js';
import { RouteTable } from './route-table.js';
import { TrafficSplitter } from './traffic-splitter.js';

function splitterOf(history: History, random = () => 0): { splitter: TrafficSplitter; table: LiveRouteTable } {
  const table = new LiveRouteTable();
  table.swap(RouteTable.from(history.state));
  return { splitter: new TrafficSplitter(table, random), table };
}

const EVEN = () => new History(routeWith({ blue: 50, green: 50 }));

describe('An assignment', () => {
  test('without a key is drawn again each time, and has no unit', () => {
    const draws = [0.1, 0.9];
    const { splitter } = splitterOf(EVEN(), () => draws.shift()!);
    expect(splitter.assign('chat')).toMatchObject({ environment: 'green', reason: 'weighted' });
    const second = splitter.assign('chat', { key: '' });
    expect(second).toMatchObject({ environment: 'blue', reason: 'weighted' });
    expect(second).not.toHaveProperty('unit');
  });

  test('goes its way on a route that pins no conversations', () => {
    const { splitter } = splitterOf(EVEN(), () => 0.9);
    expect(splitter.assign('chat', { conversation: 'c' })).toMatchObject({ environment: 'blue', reason: 'weighted' });
    const keyed = splitter.assign('chat', { conversation: 'c', key: 'ada' });
    expect(keyed).toEqual({ ...splitter.assign('chat', { key: 'ada' }), conversation: 'c' });
  });

  test('with a key is the same each time, and asks no chance', () => {
    const { splitter } = splitterOf(EVEN(), () => {
      throw new Error('Nobody should draw.');
    });
    const first = splitter.assign('chat', { key: 'ada' });
    expect(first.reason).toBe('sticky');
    expect(splitter.assign('chat', { key: 'ada' })).toEqual(first);
  });

  test('that is forced goes where it is told, even at weight 0, and still counts its unit', () => {
    const { splitter } = splitterOf(new History(routeWith({ blue: 100, green: 0 })));
    const forced = splitter.assign('chat', { environment: 'green', key: 'ada' });
    expect(forced).toMatchObject({ environment: 'green', reason: 'forced' });
    expect(forced.unit).toBe(splitter.assign('chat', { key: 'ada' }).unit);
  });

  test('names the version, and the revisions that its evidence belongs to', () => {
    const history = EVEN();
    const { splitter } = splitterOf(history);
    const { epoch, segment } = history.route;
    const version = { tag: 'green-1', model: 'model-green', upstream: 'chat/green' };
    expect(splitter.assign('chat')).toMatchObject({ route: 'chat', version, epoch, segment });
  });

  test('stands as it is when the weights change afterwards; the next one sees the change', () => {
    const history = EVEN();
    const { splitter, table } = splitterOf(history);
    const before = splitter.assign('chat');
    history.run(setTrafficWeights({ blue: 100 }));
    table.swap(RouteTable.from(history.state));
    expect(before.environment).toBe('green');
    expect(splitter.assign('chat').environment).toBe('blue');
  });

  test('is refused for a route or an environment that does not exist', () => {
    const { splitter } = splitterOf(EVEN());
    expect(() => splitter.assign('nope')).toThrow(UnknownRouteError);
    expect(() => splitter.assign('chat', { environment: 'red' })).toThrow(UnknownEnvironmentError);
  });
});

test('Each rollout draws its canary users again: the same few do not try everything first', () => {
  const keys = Array.from({ length: 500 }, (_, index) => `user-${index}`);
  const chosen = (seed: string) => {
    const history = new History(routeWith({ blue: 100, green: 0 }));
    history.run(startRollout({ rolloutId: 'r', plan: planWith([20]), seed }));
    const { splitter } = splitterOf(history);
    return keys.filter((key) => splitter.assign('chat', { key }).environment === 'green');
  };
  const [spring, autumn] = [chosen('spring'), chosen('autumn')];
  expect(chosen('spring')).toEqual(spring);
  const both = spring.filter((key) => autumn.includes(key)).length;
  // Independent draws share 20 % of 20 %: 20 of the 500, give or take.
  expect(both).toBeGreaterThan(5);
  expect(both).toBeLessThan(40);
});
