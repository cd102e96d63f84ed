import { hash, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../kit/clock.js';
import type { HttpRequest } from '../../routing/routing.options.js';
import type { AccessKey, Caller, KeyLookup, KeyRateLimit } from '../../domain/access-key.js';
import { unexpired } from './expired-key.js';
import { TokenBuckets } from './token-buckets.js';
import { TooManyRequestsError } from './too-many-requests.js';

/** Cached answers of the lookup; the oldest go first. */
const MAX_FOUND = 10_000;
const FOUND_FOR = 30_000;

/** Requests per address without a key or with an unknown one. */
const STRANGERS_LIMIT: KeyRateLimit = { requests: 60, per: 60_000 };

/**
 * Finds callers by their keys. Holds digests only, and compares all of them in constant time.
 *
 * An address that sends unknown keys is throttled: above 60 a minute its keys are no longer looked up. Keys of the
 * options still work: they have 16 characters or more and cannot be guessed, and callers that share an address
 * (behind a proxy that the app does not trust) must not lock each other out.
 */
export class AccessKeys {
  readonly #known: readonly { readonly digest: Buffer; readonly caller: Caller }[];
  readonly #strangers: TokenBuckets;
  readonly #found = new Map<string, { readonly until: number; readonly caller: Promise<Caller | undefined> }>();

  constructor(
    keys: readonly AccessKey[],
    private readonly lookup: KeyLookup | undefined,
    private readonly clock: Clock,
  ) {
    this.#strangers = new TokenBuckets(clock);
    this.#known = keys.map(({ key, hash: known, ...caller }) => ({
      digest: known === undefined ? digestOf(key ?? '') : Buffer.from(known, 'hex'),
      caller,
    }));
  }

  get isEmpty(): boolean {
    return this.#known.length === 0 && !this.lookup;
  }

  /**
   * The caller whose key is in `Authorization: Bearer …` or, as Anthropic's SDK sends it, in `x-api-key`. Synchronous
   * for a key of the options. Otherwise a promise, which rejects when the lookup does, and with {@link
   * TooManyRequestsError} when the address has sent too many unknown keys.
   *
   * @throws {ExpiredKeyError}
   */
  callerOf({ headers, ip = '' }: Pick<HttpRequest, 'headers' | 'ip'>): Caller | Promise<Caller | undefined> {
    const sent = bearerIn(headers['authorization']) ?? headers['x-api-key'];
    const key = typeof sent === 'string' ? sent.trim() : undefined;
    const digest = digestOf(key ?? '');
    const known = key === undefined ? undefined : this.#listed(digest);
    return known ? unexpired(known, this.clock.now()) : this.#stranger(key, digest, ip);
  }

  async #stranger(key: string | undefined, digest: Buffer, ip: string): Promise<Caller | undefined> {
    const wait = this.#strangers.wait(ip, STRANGERS_LIMIT);
    if (wait > 0) throw new TooManyRequestsError('Too many requests without a valid key.', wait);
    const found = key === undefined ? undefined : await this.#lookedUp(key, digest.toString('hex'));
    if (!found) this.#strangers.take(ip, STRANGERS_LIMIT);
    return unexpired(found, this.clock.now());
  }

  #listed(digest: Buffer): Caller | undefined {
    let found: Caller | undefined;
    for (const { digest: known, caller } of this.#known) {
      if (timingSafeEqual(known, digest)) found = caller;
    }
    return found;
  }

  async #lookedUp(key: string, digest: string): Promise<Caller | undefined> {
    if (!this.lookup) return undefined;
    const now = this.clock.elapsed();
    const known = this.#found.get(digest);
    if (known && known.until > now) return known.caller;
    const caller = this.lookup(key);
    this.#found.delete(digest);
    this.#found.set(digest, { until: now + FOUND_FOR, caller });
    if (this.#found.size > MAX_FOUND) this.#found.delete(this.#found.keys().next().value!);
    // A failed lookup is repeated the next time.
    caller.catch(() => this.#found.delete(digest));
    return caller;
  }
}

function bearerIn(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && /^bearer /i.test(header) ? header.slice('bearer '.length) : undefined;
}

function digestOf(key: string): Buffer {
  return Buffer.from(hash('sha256', key, 'hex'), 'hex');
}
