import { parseArgs } from 'node:util';
import { ioredisConnection } from '../../lib/redis/ioredis-connection.js';
import { RedisFigures } from '../../lib/telemetry/redis-figures.js';
import { RedisServer } from '../../test/support/redis.js';
import { playUsers, type Played } from './play.js';

const WINDOW = 300_000;

/**
 * Whether a healthy rollout of very many sticky users is paused or reverted, in one process and with figures in Redis.
 * `--users N`, `--each N` requests, `--runs N` of either. Returns 1 when one was.
 */
export async function users(args: readonly string[]): Promise<number> {
  const options = {
    users: { type: 'string', default: '1000000' },
    each: { type: 'string', default: '10' },
    runs: { type: 'string', default: '20' },
  } as const;
  const { values } = parseArgs({ args: [...args], options });
  const [count, each, runs] = [values.users, values.each, values.runs].map(Number) as [number, number, number];
  const redis = await RedisServer.start();
  const connection = await ioredisConnection(redis.url);
  const ends: Played[] = [];
  const play = async (where: string, seed: number, prefix?: string): Promise<void> => {
    const store = prefix === undefined ? undefined : new RedisFigures(connection, { prefix, window: WINDOW });
    const begun = performance.now();
    const end = await playUsers(count, each, seed, store);
    const seconds = ((performance.now() - begun) / 1_000).toFixed(0);
    console.log(
      `${where}, seed ${seed}: ${end.phase}, ${end.pauses} pauses, counts 1 of ${end.thinning} users, ${seconds} s`,
    );
    ends.push(end);
  };
  try {
    for (let seed = 1; seed <= runs; seed++) {
      await play('one process', seed);
      await play('Redis', seed, `{bench-${seed}}:`);
    }
  } finally {
    await connection.close();
    await redis.stop();
  }
  const pauses = ends.reduce((sum, end) => sum + end.pauses, 0);
  const ended = ends.filter(({ phase }) => phase !== 'Succeeded').length;
  console.log(JSON.stringify({ users: count, each, rollouts: ends.length, pauses, notSucceeded: ended }));
  return pauses + ended === 0 ? 0 : 1;
}
