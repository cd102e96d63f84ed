import { whyOf } from '../redis/redis-error.js';
import type { JournalConnection } from './journal.js';

/** What a journal and its followers know of their Redis. */
export class RedisPresence implements JournalConnection {
  #awaySince: number | undefined;
  #problem: string | undefined;
  #lost: string | undefined;
  /** Newest revision that was seen. */
  #seen = 0;

  /** @param elapsed milliseconds on a clock that never goes back. */
  constructor(private readonly elapsed: () => number) {}

  awayFor(): number {
    return this.#awaySince === undefined ? 0 : this.elapsed() - this.#awaySince;
  }

  problem(): string | undefined {
    return this.#lost ?? this.#problem;
  }

  /** What the journal has lost, if it has: whoever appended then would give a revision a second meaning. */
  get lost(): string | undefined {
    return this.#lost;
  }

  away(error: unknown): void {
    this.#awaySince ??= this.elapsed();
    this.#problem = whyOf(error);
  }

  there(): void {
    if (this.#lost !== undefined) return;
    this.#awaySince = undefined;
    this.#problem = undefined;
  }

  saw(revision: number): void {
    this.#seen = Math.max(this.#seen, revision);
  }

  /** It came back, at this revision. */
  backAt(revision: number): void {
    this.#lost =
      revision < this.#seen
        ? `Redis came back at revision ${revision}, and revision ${this.#seen} was seen here: it has lost entries`
        : undefined;
  }
}
