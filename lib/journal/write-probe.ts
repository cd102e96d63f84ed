import type { RedisConnection } from '../redis/redis-connection.js';
import type { RedisPresence } from './redis-presence.js';

/** Milliseconds between two probes. */
const EVERY = 1_000;
/** Milliseconds until the key of a fleet that is gone is gone, too. */
const KEPT = 60_000;

/**
 * Finds out whether Redis takes writes: a replica, a full memory or a broken disk answers reads as if nothing were
 * wrong. Writes on the connection that appends, whose absence ends with it, and on the one that follows.
 *
 * @returns a probe that rejects when the connection of the follower takes no writes.
 */
export function writeProbe(
  redis: RedisConnection,
  key: string,
  presence: RedisPresence,
  elapsed: () => number,
): (follower: RedisConnection) => Promise<void> {
  let due = -Infinity;
  const write = (connection: RedisConnection) => connection.send('SET', key, '1', 'PX', KEPT);
  return async (follower) => {
    if (elapsed() < due) return;
    due = elapsed() + EVERY;
    try {
      await write(redis);
      presence.there();
    } catch (error) {
      presence.away(error);
    }
    try {
      await write(follower);
    } catch (error) {
      // Followers are not in touch until a probe has got through.
      due = -Infinity;
      throw error;
    }
  };
}
