import { whyOf } from '../redis/redis-error.js';
import type { JournalConnection } from './journal.js';

interface Absence {
  readonly since: number;
  readonly problem: string;
}

/** The newest entry seen: its revision, and the id of its batch, empty if unknown. */
export interface Tail {
  readonly revision: number;
  readonly batch: string;
}

/** The state of Redis as a journal and its followers see it. The longest absence among them counts. */
export class RedisPresence implements JournalConnection {
  /** By follower, for its news; those of writing are under this object itself. */
  readonly #absences = new Map<object, Absence>();
  #lost: string | undefined;
  #tail: Tail = { revision: 0, batch: '' };

  /** @param elapsed milliseconds on a clock that never goes back. */
  constructor(
    private readonly elapsed: () => number,
    readonly warning: () => string | undefined = () => undefined,
  ) {}

  awayFor(): number {
    const now = this.elapsed();
    return Math.max(0, ...[...this.#absences.values()].map(({ since }) => now - since));
  }

  problem(): string | undefined {
    return this.#lost ?? [...this.#absences.values()][0]?.problem;
  }

  /** The journal's loss, if any: an append would now give a revision a second meaning. */
  get lost(): string | undefined {
    return this.#lost;
  }

  get tail(): Tail {
    return this.#tail;
  }

  away(error: unknown, who: object = this): void {
    this.#absences.set(who, { since: this.#absences.get(who)?.since ?? this.elapsed(), problem: whyOf(error) });
  }

  /** In touch means reading and writing: news say nothing about appends, and an append says nothing about news. */
  there(who: object = this): void {
    this.#absences.delete(who);
  }

  saw(tail: Tail): void {
    if (tail.revision >= this.#tail.revision) this.#tail = tail;
  }

  /** @returns the error to throw. */
  lose(what: string): Error {
    this.#lost = what;
    return new Error(what);
  }

  /** Redis has the newest entry seen. */
  found(): void {
    this.#lost = undefined;
  }
}
