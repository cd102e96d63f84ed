import type { Clock } from '../domain/clock.js';
import type { Caller, KeyRateLimit, Scope } from './access-keys.js';

/** Of the control API, for keys without a limit of their own. */
const CONTROL_LIMIT: KeyRateLimit = { requests: 600, per: 60_000 };
/** Callers that are counted; beyond it the one that was silent longest begins anew. */
const MAX_CALLERS = 10_000;

/** How often each key was used: a bucket that time fills and every request empties by one. */
export class KeyRates {
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  constructor(private readonly clock: Clock) {}

  /** Counts a request; milliseconds to wait, 0 when it may pass. */
  take({ name, rateLimit }: Caller, scope: Scope): number {
    const limit = rateLimit ?? (scope === 'inference' ? undefined : CONTROL_LIMIT);
    if (!limit) return 0;
    const now = this.clock.elapsed();
    const bucket = this.#buckets.get(name) ?? { tokens: limit.requests, at: now };
    const earned = ((now - bucket.at) / limit.per) * limit.requests;
    const tokens = Math.min(limit.requests, bucket.tokens + earned);
    this.#buckets.delete(name);
    this.#buckets.set(name, { tokens: tokens < 1 ? tokens : tokens - 1, at: now });
    if (this.#buckets.size > MAX_CALLERS) this.#buckets.delete(this.#buckets.keys().next().value!);
    return tokens < 1 ? ((1 - tokens) / limit.requests) * limit.per : 0;
  }
}
