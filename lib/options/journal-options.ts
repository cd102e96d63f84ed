import { z } from 'zod';
import type { IoredisClient, RedisConnection, RedisOptions } from '../redis/redis-connection.js';
import { duration, wait, type Duration } from '../validation/duration.js';
import { redis as redisHome } from './redis-options.js';

/** Where changes are recorded, and who shares them. Default: in memory, gone with the process. */
export interface JournalOptions {
  /** One process keeps its changes in this file and picks up from there after a restart. This or `redis`. */
  file?: string | undefined;
  /**
   * All replicas on one Redis are one fleet: a URL or `{ host, port }`, which need `ioredis`; a client of `ioredis`
   * (`Redis` or `Cluster`), whose settings for TLS, Sentinel and nodes are taken over; or a connection of yours.
   */
  redis?: string | RedisOptions | RedisConnection | IoredisClient | undefined;
  /** Prefix of every key; the braces keep all keys on one node of a cluster. Default `{blue-green}:`. */
  prefix?: string | undefined;
  /**
   * Name of the app: another one with the same prefix is refused at its start. Processes of one fleet have one.
   * Default: the `name` in the `package.json` of the working directory; without one nothing is refused.
   */
  app?: string | undefined;
  /** After this long without Redis, a replica sends the canary's share to the live environment. Default `'5m'`. */
  maxStaleness?: Duration | undefined;
  /** How long the replica that runs the schedules may be silent before another one takes over. Default `'5s'`. */
  lease?: Duration | undefined;
}

export const journal = z
  .strictObject({
    file: z.string().min(1).optional(),
    redis: redisHome.optional(),
    prefix: z
      .string()
      .regex(/\{[^{}]+\}/, 'has no hash tag')
      .default('{blue-green}:'),
    app: z.string().min(1).max(214).optional(),
    maxStaleness: duration.prefault('5m'),
    lease: wait.prefault('5s'),
  })
  .refine(
    ({ file, redis }) => (file === undefined) !== (redis === undefined),
    'needs one of the two: "file" for one process, "redis" for a fleet',
  );
