/** The uses of a key: calls to models, reading the control API, and changes through it. */
export const SCOPES = ['inference', 'read', 'operate'] as const;
export type Scope = (typeof SCOPES)[number];

/** How often a key may be used. */
export interface KeyRateLimit {
  readonly requests: number;
  /** Milliseconds. */
  readonly per: number;
}

/** A caller, without the key. */
export interface Caller {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Environments that it may name itself. */
  readonly environments: readonly string[];
  readonly rateLimit?: KeyRateLimit | undefined;
  /** Wall time in milliseconds from which the key is refused. */
  readonly expiresAt?: number | undefined;
}

/** A caller that the gateway knows, by its key or by the SHA-256 of it in hexadecimal. */
export interface AccessKey extends Caller {
  readonly key?: string | undefined;
  readonly hash?: string | undefined;
}

/** Finds the caller of a key that the options do not list. */
export type KeyLookup = (key: string) => Promise<Caller | undefined>;
