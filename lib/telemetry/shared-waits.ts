import type { Clock } from '../domain/clock.js';

/** Waits that are kept; one more pushes out the oldest, which costs its provider calls but no caller an answer. */
const MAX_WAITS = 1_024;

/** How long providers want to be left alone, by whom any replica has learnt it. Read on the request path. */
export class SharedWaits {
  /** Key → end, by {@link Clock.elapsed}. */
  readonly #ends = new Map<string, number>();
  /** What the others do not know yet. */
  readonly #news = new Set<string>();

  constructor(private readonly clock: Clock) {}

  /** Learnt here: the others are told. */
  report(key: string, ms: number): void {
    if (!this.learn(key, ms)) return;
    this.#news.add(key);
    if (this.#news.size > MAX_WAITS) this.#news.delete(this.#news.values().next().value!);
  }

  /** Heard of. A wait that is known to last longer stands. */
  learn(key: string, ms: number): boolean {
    const end = this.clock.elapsed() + ms;
    if (!(ms > 0) || end <= (this.#ends.get(key) ?? 0)) return false;
    this.#ends.delete(key);
    this.#ends.set(key, end);
    if (this.#ends.size > MAX_WAITS) this.#ends.delete(this.#ends.keys().next().value!);
    return true;
  }

  isWaiting(key: string): boolean {
    const end = this.#ends.get(key);
    if (end === undefined) return false;
    if (end > this.clock.elapsed()) return true;
    this.#ends.delete(key);
    return false;
  }

  /** Milliseconds left of each wait that the others have to be told of. Stays news until {@link told}. */
  news(): Map<string, number> {
    const now = this.clock.elapsed();
    const left = [...this.#news].map((key) => [key, Math.ceil((this.#ends.get(key) ?? 0) - now)] as const);
    return new Map(left.filter(([, ms]) => ms > 0));
  }

  told(keys: Iterable<string>): void {
    for (const key of keys) this.#news.delete(key);
  }
}
