import { z } from 'zod';
import type { RedisConnection } from '../redis/redis-connection.js';
import { duration, wait, type Duration } from '../validation/duration.js';

/** Where changes are recorded, and with whom they are shared. Default: in memory, gone with the process. */
export interface JournalOptions {
  /** One process keeps its changes in this file, and goes on after a restart where it was. This or `redis`. */
  file?: string | undefined;
  /** All replicas on one Redis are one fleet: a URL, for which `ioredis` has to be installed, or a connection of yours. */
  redis?: string | RedisConnection | undefined;
  /** In front of every key; the braces keep all of them on one node of a cluster. Default `{blue-green}:`. */
  prefix?: string | undefined;
  /** Without Redis for longer than this, a replica sends the share of the environment on trial to the live one. Default `'5m'`. */
  maxStaleness?: Duration | undefined;
  /** How long the replica that walks the schedules may be silent before another one does. Default `'5s'`. */
  lease?: Duration | undefined;
}

const home = z.strictObject({
  file: z.string().min(1).optional(),
  redis: z
    .union([
      z.url({ protocol: /^rediss?$/, error: 'is not a redis:// URL' }),
      z.custom<RedisConnection>(
        (value) => typeof value === 'object' && value !== null && 'send' in value && 'duplicate' in value,
        { error: 'is no RedisConnection' },
      ),
    ])
    .optional(),
  prefix: z
    .string()
    .regex(/\{[^{}]+\}/, 'has no hash tag')
    .default('{blue-green}:'),
  maxStaleness: duration.prefault('5m'),
  lease: wait.prefault('5s'),
});

export const journal = home.refine(
  ({ file, redis }) => (file === undefined) !== (redis === undefined),
  'needs one of the two: "file" for one process, "redis" for a fleet',
);
