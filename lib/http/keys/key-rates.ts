import type { Clock } from '../../kit/clock.js';
import type { Caller, KeyRateLimit, Scope } from '../../domain/access-key.js';
import { TokenBuckets } from './token-buckets.js';

/** The limit of the control API, for keys without one of their own. */
const CONTROL_LIMIT: KeyRateLimit = { requests: 600, per: 60_000 };

/** Enforces the rate limit of each key. */
export class KeyRates {
  readonly #buckets: TokenBuckets;

  constructor(clock: Clock) {
    this.#buckets = new TokenBuckets(clock);
  }

  /** Counts a request. @returns milliseconds to wait; 0 when it may pass. */
  take({ name, rateLimit }: Caller, scope: Scope | 'any'): number {
    const limit = rateLimit ?? (scope === 'inference' ? undefined : CONTROL_LIMIT);
    if (!limit) return 0;
    const wait = this.#buckets.wait(name, limit);
    if (wait === 0) this.#buckets.take(name, limit);
    return wait;
  }
}
