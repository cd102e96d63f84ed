import { resolve } from 'node:path';
import type { Provider } from '@nestjs/common';
import type { Clock } from '../kit/clock.js';
import { BlueGreenError } from '../domain/errors.js';
import { FileJournal } from '../journal/file-journal.js';
import type { Journal } from '../journal/journal.js';
import { MemoryJournal } from '../journal/memory-journal.js';
import { RedisJournal } from '../journal/redis-journal.js';
import type { BlueGreenConfig } from '../options/config.js';
import { besideIoredis, ioredisConnection, isIoredis } from '../redis/ioredis-connection.js';
import type { RedisConnection } from '../redis/redis-connection.js';
import { whyOf } from '../redis/redis-error.js';
import { steadyConnection } from '../redis/steady-connection.js';
import { RedisLease } from '../rollout/redis-lease.js';
import { Leadership } from '../rollout/leadership.js';
import { soleLease } from '../rollout/lease.js';
import { StalenessWatch } from '../rollout/staleness-watch.js';
import { StateStore } from '../rollout/state-store.js';
import { OptionsError } from '../validation/validation-error.js';
import { CLOCK, CONFIG, JOURNAL, REDIS } from '../tokens.js';
import { ownPrefix } from './owner.js';

/** Part of the lease's length after which its holder stops; the rest is for others to notice. */
const RUNS_OUT_AFTER = 0.8;

/** Where changes are recorded, and who shares them. */
export const JOURNAL_HOME: Provider[] = [
  {
    provide: REDIS,
    inject: [CONFIG],
    useFactory: async ({ journal }: BlueGreenConfig): Promise<RedisConnection | undefined> => {
      if (journal?.redis === undefined) return undefined;
      const { redis } = journal;
      if (typeof redis === 'string' || !('duplicate' in redis)) return ioredisConnection(redis);
      // The app closes its own connection.
      return isIoredis(redis) ? besideIoredis(redis) : steadyConnection(redis.duplicate());
    },
  },
  {
    provide: JOURNAL,
    inject: [CONFIG, CLOCK, REDIS],
    useFactory: ({ journal }: BlueGreenConfig, clock: Clock, redis?: RedisConnection): Journal | Promise<Journal> => {
      const elapsed = (): number => clock.elapsed();
      if (journal && redis) return openRedis(redis, journal, elapsed);
      return journal?.file === undefined ? new MemoryJournal() : openFile(journal.file, elapsed);
    },
  },
  {
    provide: Leadership,
    inject: [CONFIG, REDIS],
    useFactory: ({ journal }: BlueGreenConfig, redis?: RedisConnection) =>
      journal && redis
        ? new Leadership(new RedisLease(redis, journal.prefix, journal.lease * RUNS_OUT_AFTER), journal.lease)
        : new Leadership(soleLease, undefined),
  },
  {
    provide: StalenessWatch,
    inject: [CONFIG, JOURNAL, StateStore],
    useFactory: ({ journal }: BlueGreenConfig, home: Journal, store: StateStore) =>
      // A file has no other writers whose news could be missed.
      new StalenessWatch(home, store, journal?.redis === undefined ? Infinity : journal.maxStaleness),
  },
];

/** @throws {OptionsError} when it belongs to another app. {@link JournalUnavailableError} */
async function openRedis(
  redis: RedisConnection,
  { prefix, app }: NonNullable<BlueGreenConfig['journal']>,
  elapsed: () => number,
): Promise<Journal> {
  const journal = new RedisJournal(redis, { prefix, elapsed });
  try {
    await ownPrefix(journal, prefix, app);
    return journal;
  } catch (error) {
    await journal.close();
    throw error;
  }
}

/** @throws {OptionsError} when the file cannot be opened or created there. */
async function openFile(path: string, elapsed: () => number): Promise<Journal> {
  try {
    return await FileJournal.open(path, { elapsed });
  } catch (error) {
    if (error instanceof BlueGreenError) throw error;
    const message = `cannot be opened and written: ${whyOf(error)}`;
    const remedy = 'Name a file in a folder that this process may write to; missing folders are created.';
    throw new OptionsError([{ path: 'journal.file', value: JSON.stringify(resolve(path)), message, remedy }], {
      cause: error,
    });
  }
}
