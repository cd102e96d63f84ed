import { setTimeout as sleep } from 'node:timers/promises';
import type { JournalEntry } from 'nestjs-blue-green';
import { FileJournal } from '../../lib/journal/file-journal.js';
import type { Journal } from '../../lib/journal/journal.js';
import { RedisJournal } from '../../lib/journal/redis-journal.js';
import { readyConnection } from '../../test/support/redis-ready.js';
import type { History, Limits } from './history.js';
import { CHAT, MAX_STALENESS, METERED } from './options.js';
import type { World } from './world.js';

/** Until everybody has found back, milliseconds. */
const QUIET = 8_000;

/** Until all have got the last command, milliseconds. */
const SETTLED = 2_000;

const LIMITS: Limits = {
  propagation: 1_000,
  recovery: 5_000,
  maxStaleness: MAX_STALENESS,
  detection: 5_000,
  settling: 2_000,
};

/** When all is well again: the last looks, the journals as they are, and all that was recorded on the way. */
export async function historiesOf(world: World, limit: number): Promise<{ fleet: History; file: History }> {
  const { posts, loner, redis, file } = world;
  await sleep(QUIET);
  // Everybody is obeyed again; and with no rollout under way nothing moves any more.
  for (const route of [CHAT, METERED]) {
    for (const member of [...posts.map((post) => post.member), loner]) {
      await member.command(route, { kind: 'rollback', reason: `the end of ${route}, said to ${member.name}` }, true);
    }
  }
  await sleep(SETTLED);
  const booked = await posts[0]!.member.booked(METERED);
  await Promise.all([...posts.map(({ member }) => member.look()), loner.look()]);
  // Nothing is written any more when the journals are read.
  await Promise.all([...posts.map(({ member }) => member.kill()), loner.kill()]);
  const inRedis = new RedisJournal(await readyConnection(redis.url));
  const inFile = await FileJournal.open(file);
  const fleet = world.fleet.history({
    entries: await entriesOf(inRedis),
    limits: LIMITS,
    budget: { route: METERED, limit, booked },
  });
  const single = world.single.history({ entries: await entriesOf(inFile), limits: LIMITS });
  await Promise.all([inRedis.close(), inFile.close()]);
  return { fleet, file: single };
}

async function entriesOf(journal: Journal): Promise<JournalEntry[]> {
  const entries: JournalEntry[] = [];
  for await (const entry of journal.read(1)) entries.push(entry);
  return entries;
}
