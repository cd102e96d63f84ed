import { createHash, timingSafeEqual } from 'node:crypto';
import type { HttpRequest } from '../routing/routing.options.js';

/** What a key may be used for: calls to models, reading the control API, changing what it controls. */
export const SCOPES = ['inference', 'read', 'operate'] as const;
export type Scope = (typeof SCOPES)[number];

/** A caller that the gateway knows. */
export interface AccessKey {
  readonly name: string;
  readonly key: string;
  /** Environments that it may name itself. */
  readonly environments: readonly string[];
}

/** Who is calling, without the key. */
export type Caller = Omit<AccessKey, 'key'>;

/** Knows callers by their keys. Holds digests only, and compares all of them in constant time. */
export class AccessKeys {
  readonly #known: readonly { readonly digest: Buffer; readonly caller: Caller }[];

  constructor(keys: readonly AccessKey[]) {
    this.#known = keys.map(({ key, name, environments }) => ({
      digest: digestOf(key),
      caller: { name, environments },
    }));
  }

  get isEmpty(): boolean {
    return this.#known.length === 0;
  }

  /** The caller whose key is in `Authorization: Bearer …` or, as Anthropic's SDK sends it, in `x-api-key`. */
  callerOf({ headers }: HttpRequest): Caller | undefined {
    const key = bearerIn(headers['authorization']) ?? headers['x-api-key'];
    if (typeof key !== 'string') return undefined;
    const digest = digestOf(key.trim());
    let found: Caller | undefined;
    for (const { digest: known, caller } of this.#known) {
      if (timingSafeEqual(known, digest)) found = caller;
    }
    return found;
  }
}

function bearerIn(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && /^bearer /i.test(header) ? header.slice('bearer '.length) : undefined;
}

function digestOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
