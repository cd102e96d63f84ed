import type { RedisConnection } from '../redis/redis-connection.js';

/** Gives something to one of several replicas: the first that asks. */
export interface Claims {
  /** Whether it is ours. Rejects when that cannot be told. */
  claim(id: string): Promise<boolean>;
}

/** Ids that are remembered; beyond it the oldest is forgotten. */
const MAX_IDS = 10_000;

/** For a single process: everything is ours, once. */
export class OwnClaims implements Claims {
  readonly #ids = new Set<string>();

  async claim(id: string): Promise<boolean> {
    if (this.#ids.has(id)) return false;
    this.#ids.add(id);
    if (this.#ids.size > MAX_IDS) this.#ids.delete(this.#ids.values().next().value!);
    return true;
  }
}

const DAY = 24 * 60 * 60_000;

export class RedisClaims implements Claims {
  constructor(
    private readonly redis: RedisConnection,
    private readonly prefix: string,
  ) {}

  async claim(id: string): Promise<boolean> {
    return (await this.redis.send('SET', `${this.prefix}claim:${id}`, '1', 'NX', 'PX', DAY)) === 'OK';
  }
}
