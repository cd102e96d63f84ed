import { createHash } from 'node:crypto';
import type { RedisConnection } from './redis-connection.js';

/** A script that Redis runs atomically. It is sent once; after that only its hash is. */
export class RedisScript {
  readonly #sha: string;

  constructor(private readonly lua: string) {
    this.#sha = createHash('sha1').update(lua).digest('hex');
  }

  async run(
    connection: RedisConnection,
    keys: readonly string[],
    args: readonly (string | number)[],
  ): Promise<unknown> {
    const rest = [keys.length, ...keys, ...args];
    try {
      return await connection.send('EVALSHA', this.#sha, ...rest);
    } catch (error) {
      if (!String(error).includes('NOSCRIPT')) throw error;
      return connection.send('EVAL', this.lua, ...rest);
    }
  }
}
