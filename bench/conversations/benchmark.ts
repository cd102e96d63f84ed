import { parseArgs } from 'node:util';
import { RedisServer } from '../../test/support/redis.js';
import { converse, type Outcome, type Settings } from './run.js';

/**
 * Conversations on three replicas while green comes, takes over and is rolled back; then fewer of them without stamps,
 * which have to break. Returns 1 when one with stamps breaks, or none without.
 */
export async function conversations(args: readonly string[]): Promise<number> {
  const options = { conversations: { type: 'string', default: '2000' } } as const;
  const count = Number(parseArgs({ args: [...args], options }).values.conversations);
  const stamped = await onRedis({ replicas: 3, conversations: count, stamped: true });
  console.log(JSON.stringify({ stamps: true, ...stamped }));
  const fewer = { replicas: 3, conversations: Math.ceil(count / 10) };
  const mixed = await onRedis({ ...fewer, stamped: true, formats: ['anthropic-messages', 'openai-responses'] });
  console.log(JSON.stringify({ stamps: true, formats: 2, ...mixed }));
  const plain = await onRedis({ ...fewer, stamped: false });
  console.log(JSON.stringify({ stamps: false, ...plain }));
  const [refused, broken] = [stamped.refused + mixed.refused, stamped.broken + mixed.broken];
  const result = { conversations: count + fewer.conversations, refused, broken };
  console.log(JSON.stringify({ ...result, brokenWithoutStamps: plain.broken }));
  return refused === 0 && broken === 0 && plain.broken > 0 ? 0 : 1;
}

/** On a Redis of its own. */
async function onRedis(settings: Settings): Promise<Outcome> {
  const redis = await RedisServer.start();
  try {
    return await converse({ ...settings, redis: redis.url });
  } finally {
    await redis.stop();
  }
}
