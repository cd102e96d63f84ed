import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Link } from '../../test/support/link.js';
import { readyConnection } from '../../test/support/redis-ready.js';
import { RedisServer } from '../../test/support/redis.js';
import { ioredisConnection } from '../redis/ioredis-connection.js';
import { journalContract, record } from './journal.contract.js';
import { RedisJournal } from './redis-journal.js';

let server: RedisServer;
let journals: RedisJournal[] = [];
let prefixes = 0;

beforeAll(async () => {
  server = await RedisServer.start();
});
afterEach(async () => {
  await Promise.all(journals.map((journal) => journal.close()));
  journals = [];
});
afterAll(() => server.stop());

async function open(prefix = `{test-${++prefixes}}:`, limit?: number): Promise<RedisJournal> {
  const journal = new RedisJournal(await ioredisConnection(server.url), { prefix, limit });
  journals.push(journal);
  return journal;
}

journalContract('Redis', (limit) => open(undefined, limit));

describe('two processes on one Redis', () => {
  test('what one appends, the other one hears, and both read the same', async () => {
    const [a, b] = [await open('{two}:'), await open('{two}:')];
    const heard = new Promise<number>((resolve) => void b.follow(1, ({ revision }) => resolve(revision)));
    await a.append([record('a')], 0);
    expect(await heard).toBe(1);
    await expect(b.append([record('late')], 0)).rejects.toMatchObject({ actualRevision: 1 });
  });
});

describe('a Redis that is away', () => {
  test('refuses appends soon, and followers go on where they were when it is back', async () => {
    const away = await RedisServer.start();
    const connection = await ioredisConnection(away.url);
    const journal = new RedisJournal(connection);
    const seen: number[] = [];
    let wake: (() => void) | undefined;
    await journal.follow(1, ({ revision }) => {
      seen.push(revision);
      wake?.();
    });
    const until = async (count: number): Promise<void> => {
      while (seen.length < count) await new Promise<void>((resolve) => (wake = resolve));
    };
    await journal.append([record('a')], 0);
    await until(1);
    await away.kill();
    await expect(journal.append([record('b')], 1)).rejects.toMatchObject({ code: 'journal_unavailable', status: 503 });
    expect(journal.connection.problem()).toBeDefined();
    await away.restart();
    for (let appended = false; !appended;) {
      await new Promise((resolve) => setImmediate(resolve));
      appended = await journal.append([record('b')], 1).then(
        () => true,
        () => false,
      );
    }
    await until(2);
    expect(seen).toEqual([1, 2]);
    await journal.close();
    await away.stop();
  });

  test('for news alone is away: an append that gets through does not say that nothing was missed', async () => {
    const link = await Link.to(server.port);
    const [reading, writing] = await Promise.all(
      [`redis://127.0.0.1:${link.near}`, server.url].map((url) => readyConnection(url)),
    );
    const journal = new RedisJournal({ ...writing!, duplicate: () => reading! }, { prefix: '{deaf}:' });
    await journal.follow(1, () => {});
    link.cut();
    while (journal.connection.awayFor() === 0) await new Promise((resolve) => setImmediate(resolve));
    await journal.append([record('a')], 0);
    expect(journal.connection.awayFor()).toBeGreaterThan(0);
    await journal.close();
    await link.stop();
  });
});
