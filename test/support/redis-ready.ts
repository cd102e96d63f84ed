import { ioredisConnection } from '../../lib/redis/ioredis-connection.js';
import type { RedisConnection } from '../../lib/redis/redis-connection.js';

/** A connection that is there: what is sent before that is refused. */
export async function readyConnection(url: string): Promise<RedisConnection> {
  const connection = await ioredisConnection(url);
  await untilItAnswers(connection);
  return connection;
}

export async function untilItAnswers(connection: RedisConnection): Promise<void> {
  const answers = () =>
    connection.send('PING').then(
      () => true,
      () => false,
    );
  while (!(await answers())) await new Promise((resolve) => setImmediate(resolve));
}
