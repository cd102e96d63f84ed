import { hash, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../domain/clock.js';
import type { HttpRequest } from '../routing/routing.options.js';

/** What a key may be used for: calls to models, reading the control API, changing what it controls. */
export const SCOPES = ['inference', 'read', 'operate'] as const;
export type Scope = (typeof SCOPES)[number];

/** How often a key may be used. */
export interface KeyRateLimit {
  readonly requests: number;
  /** Milliseconds. */
  readonly per: number;
}

/** Who is calling, without the key. */
export interface Caller {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Environments that it may name itself. */
  readonly environments: readonly string[];
  readonly rateLimit?: KeyRateLimit | undefined;
}

/** A caller that the gateway knows, by its key or by the SHA-256 of it in hexadecimal. */
export interface AccessKey extends Caller {
  readonly key?: string | undefined;
  readonly hash?: string | undefined;
}

/** Finds the caller of a key that the options do not list. */
export type KeyLookup = (key: string) => Promise<Caller | undefined>;

/** Answers of a lookup that are remembered; beyond it the oldest is forgotten. */
const MAX_FOUND = 10_000;
const FOUND_FOR = 30_000;

/** Knows callers by their keys. Holds digests only, and compares all of them in constant time. */
export class AccessKeys {
  readonly #known: readonly { readonly digest: Buffer; readonly caller: Caller }[];
  readonly #found = new Map<string, { readonly until: number; readonly caller: Promise<Caller | undefined> }>();

  constructor(
    keys: readonly AccessKey[],
    private readonly lookup: KeyLookup | undefined,
    private readonly clock: Clock,
  ) {
    this.#known = keys.map(({ key, hash: known, ...caller }) => ({
      digest: known === undefined ? digestOf(key ?? '') : Buffer.from(known, 'hex'),
      caller,
    }));
  }

  get isEmpty(): boolean {
    return this.#known.length === 0 && !this.lookup;
  }

  /**
   * The caller whose key is in `Authorization: Bearer …` or, as Anthropic's SDK sends it, in `x-api-key`. Rejects when the
   * lookup does.
   */
  async callerOf({ headers }: Pick<HttpRequest, 'headers'>): Promise<Caller | undefined> {
    const key = bearerIn(headers['authorization']) ?? headers['x-api-key'];
    if (typeof key !== 'string') return undefined;
    const digest = digestOf(key.trim());
    let found: Caller | undefined;
    for (const { digest: known, caller } of this.#known) {
      if (timingSafeEqual(known, digest)) found = caller;
    }
    return found ?? (this.lookup && this.#lookedUp(key.trim(), digest.toString('hex'), this.lookup));
  }

  #lookedUp(key: string, digest: string, lookup: KeyLookup): Promise<Caller | undefined> {
    const now = this.clock.elapsed();
    const known = this.#found.get(digest);
    if (known && known.until > now) return known.caller;
    const caller = lookup(key);
    this.#found.delete(digest);
    this.#found.set(digest, { until: now + FOUND_FOR, caller });
    if (this.#found.size > MAX_FOUND) this.#found.delete(this.#found.keys().next().value!);
    // What went wrong is asked again the next time.
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
