import type { Clock } from '../../kit/clock.js';
import type { KeyRateLimit } from '../../domain/access-key.js';

/** Names that are counted; beyond it the one that was silent longest begins anew. */
const MAX_NAMES = 10_000;

/** How often something was done, by name: a bucket that time fills and every time empties by one. */
export class TokenBuckets {
  readonly #buckets = new Map<string, { readonly tokens: number; readonly at: number }>();

  constructor(private readonly clock: Clock) {}

  /** Milliseconds until the next one may be taken, 0 when it may be now. */
  wait(name: string, limit: KeyRateLimit): number {
    const tokens = this.#tokens(name, limit);
    return tokens < 1 ? ((1 - tokens) / limit.requests) * limit.per : 0;
  }

  /** Takes one. What was let in together may overdraw the bucket, by a bucket at most. */
  take(name: string, limit: KeyRateLimit): void {
    const tokens = Math.max(-limit.requests, this.#tokens(name, limit) - 1);
    this.#buckets.delete(name);
    this.#buckets.set(name, { tokens, at: this.clock.elapsed() });
    if (this.#buckets.size > MAX_NAMES) this.#buckets.delete(this.#buckets.keys().next().value!);
  }

  #tokens(name: string, { requests, per }: KeyRateLimit): number {
    const bucket = this.#buckets.get(name);
    if (!bucket) return requests;
    return Math.min(requests, bucket.tokens + ((this.clock.elapsed() - bucket.at) / per) * requests);
  }
}
