import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { FakeClock } from '../../test/support/fake-clock.js';
import { RedisServer } from '../../test/support/redis.js';
import { ioredisConnection } from '../redis/ioredis-connection.js';
import type { RedisConnection } from '../redis/redis-connection.js';
import { SCORED_WITHIN, type AnswerBook } from '../telemetry/answered.js';
import { FileAnswers } from './file-answers.js';
import { MemoryAnswers } from './memory-answers.js';
import { RedisAnswers } from './redis-answers.js';

const folder = mkdtempSync(join(tmpdir(), 'blue-green-answers-'));
let redis: RedisServer;
let connection: RedisConnection;
let made = 0;
const clock = new FakeClock();

beforeAll(async () => {
  redis = await RedisServer.start();
  connection = await ioredisConnection(redis.url);
});
afterAll(async () => {
  await connection.close();
  await redis.stop();
  rmSync(folder, { recursive: true });
});

const HOMES: Readonly<Record<string, (limit: number) => AnswerBook>> = {
  memory: (limit) => new MemoryAnswers(limit, clock),
  'a file': (limit) => new FileAnswers(join(folder, `${made++}.jsonl`), limit, clock),
  Redis: (limit) => new RedisAnswers(connection, { prefix: `{t${made++}}:`, limit }),
};

const of = { route: 'chat', environment: 'green', version: 'v2', unit: 7, epoch: 3, segment: 4 } as const;
const answered = (key: string, different: object = {}) => ({ key, at: clock.now(), of: { ...of, ...different } });

describe.each(Object.keys(HOMES))('answers kept in %s', (home) => {
  let book: AnswerBook;
  beforeEach(() => {
    book = HOMES[home]!(10);
  });

  test('are found as they were placed, and scored once under each evaluator', async () => {
    book.remember(answered('request:a'));
    expect(await book.claim('request:a', 'thumbs')).toEqual({ of, isFirst: true });
    expect(await book.claim('request:a', 'thumbs')).toMatchObject({ isFirst: false });
    expect(await book.claim('request:a', 'tests')).toMatchObject({ isFirst: true });
    expect(await book.claim('request:b', 'thumbs')).toBeUndefined();
  });

  test('stay where they were first, until evidence begins again', async () => {
    book.remember(answered('episode:chat:run'));
    book.remember(answered('episode:chat:run', { environment: 'blue' }));
    expect(await book.claim('episode:chat:run', 'thumbs')).toMatchObject({ of: { environment: 'green' } });
    book.remember(answered('episode:chat:run', { environment: 'blue', epoch: 12 }));
    expect(await book.claim('episode:chat:run', 'thumbs')).toMatchObject({ of: { environment: 'blue', epoch: 12 } });
  });

  test('of another access key are not to be scored, and their score is not used up', async () => {
    book.remember(answered('request:a', { accessKey: 5 }));
    book.remember(answered('request:b'));
    expect(await book.claim('request:a', 'thumbs', 6)).toBe('foreign');
    expect(await book.claim('request:b', 'thumbs', 6)).toBe('foreign');
    expect(await book.claim('request:a', 'thumbs', 5)).toMatchObject({ isFirst: true });
  });

  test('are bounded: the oldest are forgotten', async () => {
    for (let n = 0; n < 10; n++) book.remember(answered(`request:${n}`));
    await book.flush();
    for (let n = 10; n < 15; n++) book.remember(answered(`request:${n}`));
    const found = await Promise.all([...Array(15).keys()].map(async (n) => book.claim(`request:${n}`, 'thumbs')));
    expect(found.map((one) => one !== undefined)).toEqual([...Array(15).keys()].map((n) => n >= 5));
  });
});

test('a restart finds what a file has of the last day', async () => {
  const path = join(folder, 'restarted.jsonl');
  const first = new FileAnswers(path, 10, clock);
  first.remember(answered('request:old'));
  await first.flush();
  clock.advance(SCORED_WITHIN - 60_000);
  first.remember(answered('request:new'));
  await first.claim('request:new', 'thumbs');
  await first.flush();
  clock.advance(120_000);

  const second = new FileAnswers(path, 10, clock);
  second.remember(answered('request:newest'));
  expect(await second.claim('request:old', 'thumbs')).toBeUndefined();
  expect(await second.claim('request:new', 'thumbs')).toMatchObject({ isFirst: false });
  expect(await second.claim('request:newest', 'thumbs')).toMatchObject({ isFirst: true });
});
