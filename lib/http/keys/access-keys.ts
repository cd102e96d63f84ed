import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../kit/clock.js';
import type { HttpRequest } from '../../routing/routing.options.js';
import { hookResult } from '../../domain/hook.js';
import type { AccessKey, Caller, KeyLookup } from '../../domain/access-key.js';
import { unexpired } from './expired-key.js';
import { Guesses } from './guesses.js';

/** Cached answers of the lookup; the oldest go first. */
const MAX_FOUND = 10_000;
const FOUND_FOR = 30_000;

interface Listed {
  readonly digest: Buffer;
  readonly caller: Caller;
}

interface Found {
  readonly until: number;
  readonly caller: Promise<Caller | undefined>;
  /** Known to be a caller. */
  isCaller: boolean;
}

/**
 * Finds callers by their keys. Knows them by digests, at places that only this process can compute: how long a look-up
 * takes says nothing about a key. The digest that is found there is compared in constant time. A key that was found is
 * remembered as it was sent, since its digest costs more than the routing of a call; one that was not is not.
 *
 * An address that sends unknown keys is throttled: above 60 a minute its keys are no longer looked up. Keys of the
 * options still work: they have 16 characters or more and cannot be guessed, and callers that share an address
 * (behind a proxy that the app does not trust) must not lock each other out.
 */
export class AccessKeys {
  readonly #secret = randomBytes(32).toString('hex');
  /** By the place of their digest. */
  readonly #known: ReadonlyMap<string, Listed>;
  /** By keys that were used. Only keys of the options get here, which bounds their number. */
  readonly #used = new Map<string, Caller>();
  readonly #guesses: Guesses;
  readonly #found = new Map<string, Found>();

  constructor(
    keys: readonly AccessKey[],
    private readonly lookup: KeyLookup | undefined,
    private readonly clock: Clock,
  ) {
    this.#guesses = new Guesses(clock);
    this.#known = new Map(
      keys.map(({ key, hash: known, ...caller }) => {
        const digest = known?.toLowerCase() ?? digestOf(key ?? '');
        return [this.#placeOf(digest), { digest: Buffer.from(digest, 'hex'), caller }];
      }),
    );
  }

  get isEmpty(): boolean {
    return this.#known.size === 0 && !this.lookup;
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
    const used = key === undefined ? undefined : this.#used.get(key);
    if (used) return unexpired(used, this.clock.now());
    const digest = digestOf(key ?? '');
    const known = key === undefined ? undefined : this.#listed(digest);
    if (key === undefined || !known) return this.#stranger(key, digest, ip);
    this.#used.set(key, known);
    return unexpired(known, this.clock.now());
  }

  async #stranger(key: string | undefined, digest: string, ip: string): Promise<Caller | undefined> {
    const remembered = key === undefined ? undefined : await this.#remembered(digest);
    const found =
      remembered ??
      (await this.#guesses.count(ip, async () => (key === undefined ? undefined : this.#lookedUp(key, digest))));
    return unexpired(found, this.clock.now());
  }

  #listed(digest: string): Caller | undefined {
    const candidate = this.#known.get(this.#placeOf(digest));
    return candidate && timingSafeEqual(candidate.digest, Buffer.from(digest, 'hex')) ? candidate.caller : undefined;
  }

  #placeOf(digest: string): string {
    // The digest has a fixed length: nothing can be appended, so a plain hash does, at a tenth of an HMAC's price.
    return hash('sha256', this.#secret + digest, 'hex');
  }

  /** A caller that was looked up lately: that costs nothing, and is not a guess. */
  async #remembered(digest: string): Promise<Caller | undefined> {
    const known = this.#found.get(digest);
    return known?.isCaller === true && known.until > this.clock.elapsed() ? known.caller : undefined;
  }

  async #lookedUp(key: string, digest: string): Promise<Caller | undefined> {
    if (!this.lookup) return undefined;
    const now = this.clock.elapsed();
    const known = this.#found.get(digest);
    if (known && known.until > now) return known.caller;
    const caller = hookResult('keyLookup', this.lookup(key), this.clock);
    this.#found.delete(digest);
    const found: Found = { until: now + FOUND_FOR, caller, isCaller: false };
    this.#found.set(digest, found);
    if (this.#found.size > MAX_FOUND) this.#found.delete(this.#found.keys().next().value!);
    // A failed lookup is repeated the next time.
    caller.then(
      (who) => (found.isCaller = who !== undefined),
      () => this.#found.delete(digest),
    );
    return caller;
  }
}

function bearerIn(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && /^bearer /i.test(header) ? header.slice('bearer '.length) : undefined;
}

function digestOf(key: string): string {
  return hash('sha256', key, 'hex');
}
