import type { KeyRateLimit } from '../../domain/access-key.js';
import type { Clock } from '../../kit/clock.js';
import { TokenBuckets } from './token-buckets.js';
import { TooManyRequestsError } from './too-many-requests.js';

/** Requests per address without a key or with an unknown one. */
const LIMIT: KeyRateLimit = { requests: 60, per: 60_000 };

interface UnderWay {
  count: number;
  /** Callers that wait for the next one that ends. */
  waiting: (() => void)[];
}

/**
 * Limits wrong keys by address. A key counts before it is looked up, and no longer when it turns out to be right: keys
 * that are tried at once are as many as keys that are tried one after the other.
 */
export class Guesses {
  readonly #wrong: TokenBuckets;
  /** Address → look-ups under way. */
  readonly #underWay = new Map<string, UnderWay>();

  constructor(clock: Clock) {
    this.#wrong = new TokenBuckets(clock);
  }

  /**
   * Looks a key up. Where too many of the same address are looked up just now, it waits for one of them: callers behind
   * one proxy share their address.
   *
   * @throws {TooManyRequestsError} and what the look-up rejects with.
   */
  async count<T>(ip: string, lookUp: () => Promise<T | undefined>): Promise<T | undefined> {
    for (let wait = this.#wait(ip); wait > 0; wait = this.#wait(ip)) {
      const others = this.#underWay.get(ip);
      if (!others) throw new TooManyRequestsError('Too many requests without a valid key.', wait);
      await new Promise<void>((resolve) => others.waiting.push(resolve));
    }
    this.#wrong.take(ip, LIMIT);
    this.#begins(ip);
    // A look-up that fails says nothing about the key.
    let isWrong = false;
    try {
      const found = await lookUp();
      isWrong = found === undefined;
      return found;
    } finally {
      if (!isWrong) this.#wrong.giveBack(ip, LIMIT);
      this.#ends(ip);
    }
  }

  #wait(ip: string): number {
    return this.#wrong.wait(ip, LIMIT);
  }

  #begins(ip: string): void {
    const others = this.#underWay.get(ip);
    if (others) others.count++;
    else this.#underWay.set(ip, { count: 1, waiting: [] });
  }

  #ends(ip: string): void {
    const all = this.#underWay.get(ip)!;
    const { waiting } = all;
    all.waiting = [];
    if (--all.count === 0) this.#underWay.delete(ip);
    for (const resolve of waiting) resolve();
  }
}
