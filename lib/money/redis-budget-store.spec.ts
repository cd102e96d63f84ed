import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { RedisServer } from '../../test/support/redis.js';
import { readyConnection } from '../../test/support/redis-ready.js';
import type { RedisConnection } from '../redis/redis-connection.js';
import { budgetContract, limited } from './budget-store.contract.js';
import { RedisBudgetStore } from './redis-budget-store.js';

let server: RedisServer;
let connections: RedisConnection[];

beforeAll(async () => {
  server = await RedisServer.start();
  connections = await Promise.all([readyConnection(server.url), readyConnection(server.url)]);
});

afterAll(async () => {
  await Promise.all(connections.map((connection) => connection.close()));
  await server.stop();
});

let created = 0;

/** Redis' clock cannot be set: to the store behind this connection, the months that turned have passed. */
function inMonth(connection: RedisConnection, calendar: { readonly turned: number }): RedisConnection {
  return {
    ...connection,
    send: async (command, ...args) => {
      const month = Number(args.at(-1)) - calendar.turned;
      const reply = await connection.send(command, ...args.slice(0, -1), month);
      const [refused, figures, marks, now] = reply as [unknown, unknown, unknown, number];
      return [refused, figures, marks, now + calendar.turned];
    },
  };
}

budgetContract('Redis', () => {
  const prefix = `{test-${created++}}:`;
  const [mine, others] = connections as [RedisConnection, RedisConnection];
  const calendar = { turned: 0 };
  return {
    store: new RedisBudgetStore(inMonth(mine, calendar), prefix),
    other: new RedisBudgetStore(inMonth(others, calendar), prefix),
    turnMonth: async () => {
      calendar.turned++;
      await mine.send('HINCRBY', `${prefix}budget:spent`, 'month', -1);
    },
    expireAll: async () => {
      const ids = (await mine.send('ZRANGE', `${prefix}budget:expiries`, 0, -1)) as string[];
      await mine.send('ZADD', `${prefix}budget:expiries`, ...ids.flatMap((id) => [0, id]));
    },
  };
});

test('The month is that of the clock of Redis, in UTC', async () => {
  const [connection] = connections as [RedisConnection];
  const prefix = `{test-${created++}}:`;
  await new RedisBudgetStore(connection, prefix).figures([limited('app', 1)]);
  const month = await connection.send('HGET', `${prefix}budget:spent`, 'month');
  const [seconds] = (await connection.send('TIME')) as [string];
  const date = new Date(Number(seconds) * 1000);
  expect(Number(month)).toBe(date.getUTCFullYear() * 12 + date.getUTCMonth());
});

describe('A Redis that was emptied', () => {
  const app = limited('app', 10);
  const HOUR = 3_600_000;
  let mine: RedisConnection;
  let store: RedisBudgetStore;
  let prefix: string;
  let empty: () => Promise<unknown>;

  beforeEach(() => {
    prefix = `{test-${created++}}:`;
    [mine] = connections as [RedisConnection];
    store = new RedisBudgetStore(mine, prefix);
    const keys = ['spent', 'reserved', 'reservations', 'expiries'].map((name) => `${prefix}budget:${name}`);
    empty = () => mine.send('DEL', ...keys);
  });

  test('lets nobody spend again what this process saw spent', async () => {
    await store.settle('a', 9, [app], HOUR);
    await empty();
    expect((await store.reserve('b', 2, [app], HOUR)).refused).toBe('app');
    expect((await store.reserve('c', 1, [app], HOUR)).refused).toBeUndefined();
  });

  test('has what a call costs on top, and tells no mark twice', async () => {
    expect((await store.settle('a', 8, [app], HOUR)).reached).toHaveLength(2);
    await empty();
    const { figures, reached } = await store.settle('b', 1, [app], HOUR);
    expect(figures.get('app')).toMatchObject({ spent: 9 });
    expect(reached).toEqual([]);
  });

  test('keeps the figures of the process that knows the most', async () => {
    const other = new RedisBudgetStore(mine, prefix);
    await other.settle('a', 3, [app], HOUR);
    await store.settle('b', 4, [app], HOUR);
    await empty();
    await other.figures([app]);
    expect((await store.figures([app])).get('app')).toMatchObject({ spent: 7 });
    expect((await other.figures([app])).get('app')).toMatchObject({ spent: 7 });
  });
});
