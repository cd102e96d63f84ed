import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { FakeClock } from '../../test/support/fake-clock.js';
import { RedisServer } from '../../test/support/redis.js';
import { ioredisConnection } from '../redis/ioredis-connection.js';
import type { RedisConnection } from '../redis/redis-connection.js';
import { FileLog } from './file-log.js';
import { line, lines, recordLogContract, type Line } from './record-log.contract.js';
import { MemoryLog, select } from './record-log.js';
import { RedisLog } from './redis-log.js';

const folder = mkdtempSync(join(tmpdir(), 'blue-green-records-'));
let redis: RedisServer;
let connection: RedisConnection;
let made = 0;

beforeAll(async () => {
  redis = await RedisServer.start();
  connection = await ioredisConnection(redis.url);
});
afterAll(async () => {
  await connection.close();
  await redis.stop();
  rmSync(folder, { recursive: true });
});

const redisLog = (limit: number, clock = new FakeClock()) =>
  new RedisLog<Line>(connection, { key: `{t}:${made++}`, limit, retention: 3_600_000, clock });

recordLogContract('memory', (limit) => new MemoryLog(limit));
recordLogContract('a file', () => new FileLog(join(folder, 'deep', `${made++}.jsonl`), { retention: 3_600_000 }));
recordLogContract('Redis', redisLog);

describe('the bound', () => {
  test('of memory: the newest stay', async () => {
    const log = new MemoryLog<Line>(3);
    for (let n = 1; n <= 7; n++) log.write(line(n));
    expect(await lines(log)).toEqual([7, 6, 5].map(line));
  });

  test('of memory is one of characters, too: long records push older ones out, and that is told', async () => {
    let early = 0;
    const log = new MemoryLog<Line>(10_000, { retention: 3_600_000, onEarly: () => early++ });
    const size = 1024 * 1024;
    for (let n = 1; n <= 40; n++) log.write(line(n), size);
    expect(await lines(log)).toHaveLength(32);
    expect(early).toBe(8);
  });

  test('of what waits for Redis: the oldest is dropped and counted', async () => {
    const log = redisLog(100_000);
    for (let n = 1; n <= 5_003; n++) log.write(line(n));
    await log.flush();
    expect(log.dropped).toBe(3);
    expect(await lines(log)).toHaveLength(5_000);
  });

  test('of what waits for Redis is one of characters, too, with what is on its way', async () => {
    const log = redisLog(100_000);
    const size = 1024 * 1024;
    for (let n = 1; n <= 20; n++) log.write(line(n), size);
    const sent = log.flush();
    for (let n = 21; n <= 40; n++) log.write(line(n), size);
    expect(log.dropped).toBe(8);
    await sent;
    for (let n = 41; n <= 60; n++) log.write(line(n), size);
    await log.flush();
    expect(log.dropped).toBe(8);
    expect(await lines(log)).toHaveLength(52);
  });

  test('of the stream in Redis is one of characters, too: long records push older ones out', async () => {
    const characters = 1024 * 1024;
    const clock = new FakeClock(Date.now());
    const log = new RedisLog<Line>(connection, {
      key: `{t}:${made++}`,
      limit: 10_000,
      retention: 3_600_000,
      clock,
      characters,
    });
    const text = 'x'.repeat(50_000);
    for (let n = 1; n <= 200; n++) log.write({ at: n, text });
    await log.flush();
    const kept = await lines(log);
    expect(kept.length).toBeGreaterThan(10);
    expect(kept.length * text.length).toBeLessThan(2 * characters);
    expect(kept[0]!.at).toBe(200);
  });

  test('of the stream in Redis: about as many as asked for', async () => {
    const log = redisLog(100);
    for (let n = 1; n <= 3_000; n++) log.write(line(n));
    await log.flush();
    expect((await lines(log)).length).toBeLessThan(300);
  });

  test('of files: what is too old goes, whole files at a time', async () => {
    const path = join(folder, 'old.jsonl');
    writeFileSync(`${path}.1`, `${JSON.stringify(line(1))}\n`);
    utimesSync(`${path}.1`, 1, 1);
    const log = new FileLog<Line>(path, { retention: 60_000 });
    log.write({ at: Date.now(), text: 'new' });
    await log.flush();
    const texts = async () => (await lines(log)).map(({ text }) => text);
    while ((await texts()).length > 1) await new Promise((resolve) => setImmediate(resolve));
    expect(await texts()).toEqual(['new']);
  });
});

describe('a record that goes before its time', () => {
  const early = jest.fn();
  const stay = { retention: 1_000, onEarly: early };
  beforeEach(() => void early.mockReset());

  test('is told of by memory, and one that goes after it is not', () => {
    const log = new MemoryLog<Line>(3, stay);
    for (const at of [1, 2, 3, 1_001, 1_002]) log.write({ at, text: '' });
    expect(early).not.toHaveBeenCalled();
    log.write({ at: 1_002, text: '' });
    expect(early).toHaveBeenCalledTimes(1);
  });

  test('is told of by Redis, and one that goes after it is not', async () => {
    const clock = new FakeClock(Date.now());
    const log = new RedisLog<Line>(connection, { key: `{t}:${made++}`, limit: 100, clock, ...stay });
    for (let n = 0; n < 300; n++) log.write(line(n));
    await log.flush();
    expect(early).toHaveBeenCalledTimes(1);
    clock.advance(60_000);
    log.write(line(301));
    await log.flush();
    expect(early).toHaveBeenCalledTimes(1);
  });

  test('is told of by files, and one that goes after it is not', async () => {
    const path = join(folder, 'full.jsonl');
    const log = new FileLog<Line>(path, stay, 1);
    const full = { at: Date.now(), text: 'x'.repeat(9 * 1024 * 1024) };
    const write = async (at: number) => {
      log.write({ ...full, at });
      await log.flush();
    };
    await write(full.at);
    await write(full.at);
    expect(early).not.toHaveBeenCalled();
    await write(full.at);
    expect(early).toHaveBeenCalledTimes(1);
    await write(full.at + 60_000);
    expect(early).toHaveBeenCalledTimes(1);
    expect(await lines(log)).toHaveLength(2);
  });
});

test('records are handed to Redis by themselves, beside the calls', async () => {
  const clock = new FakeClock();
  const log = redisLog(100, clock);
  log.write(line(1));
  expect(await lines(log)).toEqual([]);
  clock.advance(500);
  await log.flush();
  expect(await lines(log)).toEqual([line(1)]);
});

test('a Redis that is away costs records, and nobody anything else', async () => {
  const away: RedisConnection = {
    send: async () => Promise.reject(new Error('ECONNREFUSED')),
    duplicate: () => away,
    close: async () => {},
  };
  const log = new RedisLog<Line>(away, { key: 'k', limit: 10, retention: 1, clock: new FakeClock() });
  log.write(line(1));
  await log.flush();
  expect(log.dropped).toBe(1);
  // Who reads is told what is away, as of the journal beside it.
  await expect(lines(log)).rejects.toMatchObject({ code: 'journal_unavailable', status: 503 });
});

test('a line that a crash cut off is passed over', async () => {
  const path = join(folder, 'torn.jsonl');
  writeFileSync(path, `${JSON.stringify(line(1))}\n{"at":2,"te`);
  expect(await lines(new FileLog<Line>(path, { retention: 60_000 }))).toEqual([line(1)]);
});

test('a selection fits, is not older than asked for, and no longer', async () => {
  const log = new MemoryLog<Line>(100);
  for (let n = 1; n <= 50; n++) log.write(line(n));
  const found = await select(log.newest(), { fits: ({ at }) => at % 2 === 0, since: 20, limit: 5 });
  expect(found.map(({ at }) => at)).toEqual([50, 48, 46, 44, 42]);
  expect(await select(log.newest(), { fits: () => true, since: 49, limit: 100 })).toHaveLength(2);
});
