import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { RedisServer } from '../../test/support/redis.js';
import { ioredisConnection } from '../redis/ioredis-connection.js';
import type { RedisConnection } from '../redis/redis-connection.js';
import { RedisLease } from './redis-lease.js';

let server: RedisServer;
let connection: RedisConnection;

beforeAll(async () => {
  server = await RedisServer.start();
  connection = await ioredisConnection(server.url);
});
afterAll(async () => {
  await connection.close();
  await server.stop();
});

/** Two replicas that ask for the same lease. */
const pair = (name: string, length: number) =>
  [new RedisLease(connection, `{${name}}:`, length), new RedisLease(connection, `{${name}}:`, length)] as const;

test('one has it, for as long as it goes on asking', async () => {
  const [a, b] = pair('one', 60_000);
  expect(await a.isHeld()).toBe(true);
  expect(await b.isHeld()).toBe(false);
  expect(await a.isHeld()).toBe(true);
});

test('of many that ask at once one gets it', async () => {
  const many = Array.from({ length: 20 }, () => new RedisLease(connection, '{many}:', 60_000));
  const held = await Promise.all(many.map((lease) => lease.isHeld()));
  expect(held.filter(Boolean)).toHaveLength(1);
});

test('goes over when its holder gives it back, and not when somebody else does', async () => {
  const [a, b] = pair('back', 60_000);
  await a.isHeld();
  await b.release();
  expect(await b.isHeld()).toBe(false);
  await a.release();
  expect(await b.isHeld()).toBe(true);
});

test("runs out by Redis's clock when its holder has gone silent", async () => {
  const [a, b] = pair('silent', 60_000);
  await a.isHeld();
  // As if its time had passed: Redis lets the key go, nobody here looks at a clock.
  await connection.send('PEXPIRE', '{silent}:lease', 0);
  expect(await b.isHeld()).toBe(true);
  expect(await a.isHeld()).toBe(false);
});

test('survives a Redis that has forgotten its scripts', async () => {
  const [a, b] = pair('forgotten', 60_000);
  await a.isHeld();
  await connection.send('SCRIPT', 'FLUSH');
  expect([await a.isHeld(), await b.isHeld()]).toEqual([true, false]);
});
