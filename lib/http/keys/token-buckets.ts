import type { Clock } from '../../kit/clock.js';
import type { KeyRateLimit } from '../../domain/access-key.js';

/** Names that are tracked; the one that was idle longest goes first. */
const MAX_NAMES = 10_000;

/** Token buckets by name: time refills them, every use takes one token. */
export class TokenBuckets {
  readonly #buckets = new Map<string, { readonly tokens: number; readonly at: number }>();

  constructor(private readonly clock: Clock) {}

  /** Milliseconds until the next token; 0 when there is one. */
  wait(name: string, limit: KeyRateLimit): number {
    const tokens = this.#tokens(name, limit);
    return tokens < 1 ? ((1 - tokens) / limit.requests) * limit.per : 0;
  }

  /** Takes a token. Concurrent uses may overdraw the bucket, by one bucket at most. */
  take(name: string, limit: KeyRateLimit): void {
    const tokens = Math.max(-limit.requests, this.#tokens(name, limit) - 1);
    this.#buckets.delete(name);
    this.#buckets.set(name, { tokens, at: this.clock.elapsed() });
    if (this.#buckets.size > MAX_NAMES) this.#buckets.delete(this.#buckets.keys().next().value!);
  }

  /** Undoes a {@link take}. */
  giveBack(name: string, limit: KeyRateLimit): void {
    const tokens = Math.min(limit.requests, this.#tokens(name, limit) + 1);
    if (this.#buckets.has(name)) this.#buckets.set(name, { tokens, at: this.clock.elapsed() });
  }

  #tokens(name: string, { requests, per }: KeyRateLimit): number {
    const bucket = this.#buckets.get(name);
    if (!bucket) return requests;
    return Math.min(requests, bucket.tokens + ((this.clock.elapsed() - bucket.at) / per) * requests);
  }
}
