import { afterAll, beforeAll, expect, test } from '@jest/globals';
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

budgetContract('Redis', () => {
  const prefix = `{test-${created++}}:`;
  const [mine, others] = connections as [RedisConnection, RedisConnection];
  return {
    store: new RedisBudgetStore(mine, prefix),
    other: new RedisBudgetStore(others, prefix),
    turnMonth: async () => {
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
