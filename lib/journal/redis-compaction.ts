import { reduce } from '../domain/reduce.js';
import { snapshotOf } from '../domain/snapshot.js';
import type { RedisConnection } from '../redis/redis-connection.js';
import type { Journal } from './journal.js';
import { compact } from './redis-journal-scripts.js';

/** Folds entries into the snapshot once there are twice as many as the limit. */
export class RedisCompaction {
  #underWay = false;

  constructor(
    private readonly redis: RedisConnection,
    private readonly journal: Pick<Journal, 'snapshot' | 'read'>,
    /** Stream and snapshot. */
    private readonly keys: readonly [string, string],
    private readonly limit: number,
  ) {}

  /** Called after every append; if several processes compact at once, the script lets one through. Never throws. */
  async offer(kept: number, revision: number): Promise<void> {
    if (kept < 2 * this.limit || this.#underWay) return;
    this.#underWay = true;
    try {
      await this.#fold(revision - this.limit);
    } catch {
      // The journal is complete without it; the next append tries again.
    } finally {
      this.#underWay = false;
    }
  }

  async #fold(upTo: number): Promise<void> {
    let state = await this.journal.snapshot();
    const from = state.revision;
    for await (const entry of this.journal.read(from + 1)) {
      if (entry.revision > upTo) break;
      state = reduce(state, entry);
    }
    await compact.run(this.redis, this.keys, [from, JSON.stringify(snapshotOf(state)), state.revision]);
  }
}
