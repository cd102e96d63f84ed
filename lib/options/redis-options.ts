import { z } from 'zod';
import type { RedisConnection, IoredisClient, RedisOptions } from '../redis/redis-connection.js';

const port = z.int().min(1).max(65_535);
const text = z.string().min(1);

const options = z
  .strictObject({
    host: text.optional(),
    port: port.optional(),
    path: text.optional(),
    username: text.optional(),
    password: text.optional(),
    db: z.int().min(0).max(1_000_000).optional(),
    tls: z.union([z.boolean(), z.custom<object>((value) => typeof value === 'object' && value !== null)]).optional(),
    sentinels: z
      .array(z.strictObject({ host: text, port: port.default(26_379) }))
      .min(1)
      .optional(),
    name: text.optional(),
    sentinelUsername: text.optional(),
    sentinelPassword: text.optional(),
  })
  .refine(({ sentinels, name }) => (sentinels === undefined) === (name === undefined), {
    error: 'needs both "sentinels" and "name", the name of the primary there, or neither',
  })
  .refine(({ host, path, sentinels }) => [host, path, sentinels].filter((one) => one !== undefined).length === 1, {
    error: 'needs one of "host", "path" and "sentinels"',
  });

const client = z.custom<RedisConnection | IoredisClient>(
  (value) =>
    typeof value === 'object' && value !== null && 'duplicate' in value && ('send' in value || 'call' in value),
  { error: 'is neither an address, nor a client of ioredis, nor a RedisConnection' },
);

/** Where a Redis is: a URL, options in words, or a client. */
export const redis = z.union([
  z.url({ protocol: /^rediss?$/, error: 'is not a redis:// URL' }),
  client,
  options satisfies z.ZodType<RedisOptions>,
]);
