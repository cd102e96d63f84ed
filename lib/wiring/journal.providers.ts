import type { Provider } from '@nestjs/common';
import type { Clock } from '../kit/clock.js';
import type { Journal } from '../journal/journal.js';
import { PrimaryJournal } from '../journal/primary-journal.js';
import { RedisJournal } from '../journal/redis-journal.js';
import type { BlueGreenConfig } from '../options/config.js';
import { homeOf, type Primary } from '../primary/primary.js';
import { besideIoredis, ioredisConnection, isIoredis } from '../redis/ioredis-connection.js';
import type { RedisConnection } from '../redis/redis-connection.js';
import { steadyConnection } from '../redis/steady-connection.js';
import { RedisLease } from '../rollout/redis-lease.js';
import { Leadership } from '../rollout/leadership.js';
import { soleLease } from '../rollout/lease.js';
import type { Lease } from '../rollout/lease.js';
import { StalenessWatch } from '../rollout/staleness-watch.js';
import { StateStore } from '../rollout/state-store.js';
import { CLOCK, CONFIG, JOURNAL, PRIMARY, REDIS } from '../tokens.js';
import { leaseIn, ownJournal, RUNS_OUT_AFTER } from './own-homes.js';
import { ownPrefix } from './owner.js';

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
    inject: [CONFIG, CLOCK, REDIS, PRIMARY],
    useFactory: (
      { journal }: BlueGreenConfig,
      clock: Clock,
      redis?: RedisConnection,
      primary?: Primary,
    ): Journal | Promise<Journal> => {
      const elapsed = (): number => clock.elapsed();
      if (journal && redis) return openRedis(redis, journal, elapsed);
      const home = homeOf(primary);
      return home
        ? new PrimaryJournal(home, { isKept: journal?.file !== undefined, elapsed })
        : ownJournal(journal?.file, elapsed);
    },
  },
  {
    provide: Leadership,
    inject: [CONFIG, REDIS, PRIMARY],
    useFactory: ({ journal }: BlueGreenConfig, redis?: RedisConnection, primary?: Primary) => {
      if (journal && redis) {
        return new Leadership(new RedisLease(redis, journal.prefix, journal.lease * RUNS_OUT_AFTER), journal.lease);
      }
      const lease = homeOf(primary)?.part<Lease>('lease', ['isHeld', 'release']);
      return lease ? new Leadership(lease, leaseIn(journal)) : new Leadership(soleLease, undefined);
    },
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
