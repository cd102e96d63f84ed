import type { Clock } from '../kit/clock.js';

/**
 * Waits that are kept: at least, and per environment. One more pushes out the oldest: then its provider may be asked
 * too early.
 */
const LEAST_WAITS = 1_024;
const PER_ENVIRONMENT = 4;

/** Providers that must not be asked for a while, as any replica has learned. Read on the request path. */
export class SharedWaits {
  /** Key → end, by {@link Clock.elapsed}: what the fleet knows. */
  readonly #ends = new Map<string, number>();
  /** The same for waits that were learned here and not reported yet. Here the breaker itself waits. */
  readonly #news = new Map<string, number>();
  #telling = new Map<string, number>();

  readonly #room: number;

  /** @param environments that are configured: the bound follows them. */
  constructor(
    private readonly clock: Clock,
    environments = 0,
  ) {
    this.#room = Math.max(LEAST_WAITS, PER_ENVIRONMENT * environments);
  }

  /** A wait that was learned here, to be reported. */
  report(key: string, ms: number): void {
    put(this.#news, key, this.clock.elapsed() + ms, this.#room);
  }

  /** A wait that another replica has learned. A longer known wait stays. */
  learn(key: string, ms: number): void {
    const end = this.clock.elapsed() + ms;
    if (end > (this.#ends.get(key) ?? 0)) put(this.#ends, key, end, this.#room);
  }

  isWaiting(key: string): boolean {
    const end = this.#ends.get(key);
    if (end === undefined) return false;
    if (end > this.clock.elapsed()) return true;
    this.#ends.delete(key);
    return false;
  }

  /** Milliseconds left of each wait to report. */
  news(): Map<string, number> {
    const now = this.clock.elapsed();
    this.#telling = new Map(this.#news);
    const left = [...this.#telling].map(([key, end]) => [key, Math.ceil(end - now)] as const);
    return new Map(left.filter(([, ms]) => ms > 0));
  }

  /** The last {@link news} were reported. */
  told(): void {
    for (const [key, end] of this.#telling) if (this.#news.get(key) === end) this.#news.delete(key);
  }
}

function put(ends: Map<string, number>, key: string, end: number, room: number): void {
  ends.delete(key);
  ends.set(key, end);
  if (ends.size > room) ends.delete(ends.keys().next().value!);
}
