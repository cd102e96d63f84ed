import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Link } from '../../test/support/link.js';
import { readyConnection } from '../../test/support/redis-ready.js';
import { RedisServer } from '../../test/support/redis.js';
import { ioredisConnection } from '../redis/ioredis-connection.js';
import type { RedisConnection } from '../redis/redis-connection.js';
import { journalContract, record } from './journal.contract.js';
import { RedisJournal } from './redis-journal.js';

Logger.overrideLogger(false);

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
    await journal.follow(1, ({ revision }) => seen.push(revision));
    await journal.append([record('a')], 0);
    await until(() => seen.length === 1);
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
    await until(() => seen.length === 2);
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

/** Tries again until it is so. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setImmediate(resolve));
}

/** What the state's own follower knows. */
function followerOf(journal: RedisJournal) {
  const revisions: number[] = [];
  const snapshots: number[] = [];
  const started = journal.follow(
    1,
    ({ revision }) => revisions.push(revision),
    ({ revision }) => snapshots.push(revision),
  );
  return { revisions, snapshots, started };
}

describe('a Redis that loses the journal while it is connected', () => {
  let raw: RedisConnection;
  let prefix: string;
  let journal: RedisJournal;
  let seen: number[];

  const empty = () => raw.send('DEL', `${prefix}journal`, `${prefix}snapshot`);
  const refused = expect.objectContaining({ code: 'journal_unavailable' });
  const appended = (revision: number) => journal.append([record('ours')], revision).catch((error: unknown) => error);

  beforeEach(async () => {
    raw = await ioredisConnection(server.url);
    prefix = `{lost-${++prefixes}}:`;
    journal = await open(prefix);
    const follower = followerOf(journal);
    await follower.started;
    seen = follower.revisions;
    for (let n = 0; n < 3; n++) await journal.append([record(`${n}`)], n);
    await until(() => seen.length === 3);
  });
  afterEach(() => raw.close());

  test('is noticed by who only listens, and is away until it has it again', async () => {
    await empty();
    await until(() => journal.connection.awayFor() > 0);
    expect(journal.connection.problem()).toContain('no longer has revision 3');
    expect(await appended(3)).toEqual(refused);
  });

  test('is noticed by who appends: that is no conflict, which one would decide on again for ever', async () => {
    await empty();
    expect(await appended(3)).toEqual(refused);
    expect(journal.connection.problem()).toContain('no longer has revision 3');
  });

  test('is noticed when somebody has begun again: their revision 4 is not the one behind our 3', async () => {
    await empty();
    const newcomer = await open(prefix);
    await newcomer.append([record('a'), record('b'), record('c')], 0);
    await newcomer.append([record('d')], 3);
    await until(() => journal.connection.awayFor() > 0);
    expect(seen).toEqual([1, 2, 3]);
    expect(journal.connection.problem()).toContain('a different revision 3');
    expect(await appended(4)).toEqual(refused);
  });

  test('does not get ours on top of what somebody else has begun', async () => {
    await empty();
    const newcomer = await open(prefix);
    await newcomer.append([record('a'), record('b'), record('c')], 0);
    expect(await appended(3)).toEqual(refused);
  });

  test('and gets it back, is there again', async () => {
    const copy = (await raw.send('XRANGE', `${prefix}journal`, '-', '+')) as [string, string[]][];
    await empty();
    await until(() => journal.connection.awayFor() > 0);
    // As from a copy: all at once.
    await raw.send('EVAL', RESTORE, 1, `${prefix}journal`, JSON.stringify(copy));
    await until(() => journal.connection.awayFor() === 0);
    expect(await appended(3)).toMatchObject([{ revision: 4 }]);
    await until(() => seen.length === 4);
  });
});

const RESTORE = `
for _, entry in ipairs(cjson.decode(ARGV[1])) do redis.call('XADD', KEYS[1], entry[1], unpack(entry[2])) end
`;

describe('what the journal lets go of', () => {
  test('while a follower is away, it gets as the state that it comes to', async () => {
    const prefix = '{late}:';
    const writer = await open(prefix, 10);
    const link = await Link.to(server.port);
    const reading = await readyConnection(`redis://127.0.0.1:${link.near}`);
    const journal = new RedisJournal({ ...(await readyConnection(server.url)), duplicate: () => reading }, { prefix });
    journals.push(journal);
    const { revisions, snapshots, started } = followerOf(journal);
    await started;
    await writer.append([record('0')], 0);
    await until(() => revisions.length === 1);
    link.cut();
    await until(() => journal.connection.awayFor() > 0);
    for (let n = 1; n < 40; n++) await writer.append([record(`${n}`)], n);
    await until(async () => (await writer.snapshot()).revision >= 20);
    link.open();
    await until(() => revisions.at(-1) === 40);
    expect(snapshots).toHaveLength(1);
    const first = snapshots[0]! + 1;
    expect(revisions).toEqual([1, ...Array.from({ length: 41 - first }, (_, n) => first + n)]);
    await link.stop();
  });

  test('is let go of however many come at once', async () => {
    const raw = await ioredisConnection(server.url);
    const journal = await open('{batches}:', 10);
    await journal.append([record('odd')], 0);
    for (let n = 1; n < 101; n += 2) await journal.append([record('a'), record('b')], n);
    await until(async () => Number(await raw.send('XLEN', '{batches}:journal')) <= 20);
    await raw.close();
  });

  test('is let go of by the next one who comes by, when Redis has refused it', async () => {
    const connection = await readyConnection(server.url);
    let refusals = 0;
    const send: RedisConnection['send'] = async (command, ...args) => {
      if (command === 'GET' && refusals++ === 0) throw new Error('OOM');
      return connection.send(command, ...args);
    };
    const journal = new RedisJournal({ ...connection, send }, { prefix: '{refused}:', limit: 10 });
    journals.push(journal);
    for (let n = 0; n < 25; n++) await journal.append([record(`${n}`)], n);
    await until(async () => (await journal.snapshot()).revision > 0);
  });

  test('is told from what somebody took away: that is passed over, and the rest is followed', async () => {
    const raw = await ioredisConnection(server.url);
    const journal = await open('{taken}:');
    for (let n = 0; n < 4; n++) await journal.append([record(`${n}`)], n);
    await raw.send('XDEL', '{taken}:journal', '2-0');
    const late = followerOf(await open('{taken}:'));
    await late.started;
    expect(late.revisions).toEqual([1, 3, 4]);
    await raw.close();
  });
});

describe('whether the journal is there', () => {
  test('says whoever of its followers has been away the longest', async () => {
    const connection = await readyConnection(server.url);
    let duplicates = 0;
    const duplicate = (): RedisConnection => {
      const own = connection.duplicate();
      return duplicates++ > 0
        ? own
        : { ...own, send: () => Promise.reject(new Error('max number of clients reached')) };
    };
    const journal = new RedisJournal({ ...connection, duplicate }, { prefix: '{several}:' });
    journals.push(journal);
    await journal.follow(1, () => {});
    await until(() => journal.connection.awayFor() > 0);
    const heard = new Promise((resolve) => void journal.follow(1, resolve));
    await journal.append([record('a')], 0);
    await heard;
    expect(journal.connection.awayFor()).toBeGreaterThan(0);
    expect(journal.connection.problem()).toContain('max number of clients');
  });
});
