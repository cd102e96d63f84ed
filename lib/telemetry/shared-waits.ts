import type { Clock } from '../kit/clock.js';

/** Waits that are kept; one more pushes out the oldest, which costs its provider calls but no caller an answer. */
const MAX_WAITS = 1_024;

/** How long providers want to be left alone, by whichever replica has learnt it. Read on the request path. */
export class SharedWaits {
  /** Key → end, by {@link Clock.elapsed}: what the fleet knows. */
  readonly #ends = new Map<string, number>();
  /** The same of what was learnt here and the others do not know yet. Here the breaker that learnt it waits. */
  readonly #news = new Map<string, number>();
  #telling = new Map<string, number>();

  constructor(private readonly clock: Clock) {}

  /** Learnt here: the others are to be told. */
  report(key: string, ms: number): void {
    put(this.#news, key, this.clock.elapsed() + ms);
  }

  /** Heard of. A wait that is known to last longer stands. */
  learn(key: string, ms: number): void {
    const end = this.clock.elapsed() + ms;
    if (end > (this.#ends.get(key) ?? 0)) put(this.#ends, key, end);
  }

  isWaiting(key: string): boolean {
    const end = this.#ends.get(key);
    if (end === undefined) return false;
    if (end > this.clock.elapsed()) return true;
    this.#ends.delete(key);
    return false;
  }

  /** Milliseconds left of each wait that the others have to be told of. */
  news(): Map<string, number> {
    const now = this.clock.elapsed();
    this.#telling = new Map(this.#news);
    const left = [...this.#telling].map(([key, end]) => [key, Math.ceil(end - now)] as const);
    return new Map(left.filter(([, ms]) => ms > 0));
  }

  /** The others know what {@link news} last said. */
  told(): void {
    for (const [key, end] of this.#telling) if (this.#news.get(key) === end) this.#news.delete(key);
  }
}

function put(ends: Map<string, number>, key: string, end: number): void {
  ends.delete(key);
  ends.set(key, end);
  if (ends.size > MAX_WAITS) ends.delete(ends.keys().next().value!);
}
