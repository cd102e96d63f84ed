import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Lease } from './lease.js';
import type { RedisConnection } from '../redis/redis-connection.js';
import { RedisScript } from '../redis/redis-script.js';

/** KEYS: lease. ARGV: holder, milliseconds. Takes the lease if it is free, and prolongs it for its holder. */
const ACQUIRE = new RedisScript(`
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
`);

const RELEASE = new RedisScript(`
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
`);

/**
 * A lease that runs out by Redis's clock, whatever the clocks of the replicas say. Every question of its holder
 * prolongs it. A holder that stops asking loses it.
 */
export class RedisLease implements Lease {
  /** For people who look into Redis: which process on which host. */
  readonly #holder = `${hostname()}:${process.pid}:${randomUUID()}`;
  readonly #key: string;

  /** @param length milliseconds. */
  constructor(
    private readonly redis: RedisConnection,
    prefix: string,
    private readonly length: number,
  ) {
    this.#key = `${prefix}lease`;
  }

  async isHeld(): Promise<boolean> {
    return (await ACQUIRE.run(this.redis, [this.#key], [this.#holder, Math.round(this.length)])) === 1;
  }

  async release(): Promise<void> {
    await RELEASE.run(this.redis, [this.#key], [this.#holder]);
  }
}
