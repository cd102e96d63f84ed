import { Logger } from '@nestjs/common';
import type { RedisConnection } from '../redis/redis-connection.js';
import { RedisScript } from '../redis/redis-script.js';

/** Milliseconds between two looks: a failover may lead to a server with other settings. */
const EVERY = 30_000;
const POLICY = /^maxmemory_policy:(\S+)/m;

/** As a script, so that a cluster asks the node that has the keys. CONFIG is forbidden at most hosts. */
const memory = new RedisScript("return redis.call('INFO', 'memory')");

/** Finds out whether Redis may evict what is kept there, and says so once per policy. */
export class EvictionWatch {
  readonly #logger = new Logger(EvictionWatch.name);
  #due = -Infinity;
  #policy = 'noeviction';

  constructor(
    private readonly redis: RedisConnection,
    /** Any key of ours. */
    private readonly key: string,
    private readonly elapsed: () => number,
  ) {}

  /** The possible loss; `undefined` without one, or when that cannot be known. */
  get warning(): string | undefined {
    if (this.#policy === 'noeviction') return undefined;
    const what = this.#policy.startsWith('volatile') ? 'the evidence of rollouts' : 'the journal, evidence and budgets';
    return `maxmemory-policy is ${this.#policy}: when its memory is full, Redis may drop ${what}. Set it to noeviction.`;
  }

  /** Never throws. */
  async look(): Promise<void> {
    const now = this.elapsed();
    if (now < this.#due) return;
    this.#due = now + EVERY;
    const info = await memory.run(this.redis, [this.key], []).catch(() => undefined);
    const policy = POLICY.exec(String(info))?.[1];
    if (policy === undefined || policy === this.#policy) return;
    this.#policy = policy;
    if (this.warning !== undefined) this.#logger.warn(this.warning);
  }
}
