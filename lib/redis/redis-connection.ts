/**
 * The part of a Redis client that we need. Any client can be wrapped; {@link ioredisConnection} wraps `ioredis`.
 *
 * @example
 * ```ts
 * type Client = { sendCommand(words: string[]): Promise<unknown>; duplicate(): Client; destroy(): void };
 * const connection = (client: Client): RedisConnection => ({
 *   send: (command, ...args) => client.sendCommand([command, ...args.map(String)]),
 *   duplicate: () => connection(client.duplicate()),
 *   close: async () => client.destroy(),
 * });
 * ```
 */
export interface RedisConnection {
  /**
   * Sends one command and resolves with its answer. Rejects soon while Redis is away: it never queues commands.
   * Reconnects by itself.
   */
  send(command: string, ...args: readonly (string | number)[]): Promise<unknown>;
  /** Another connection to the same place, for blocking commands. */
  duplicate(): RedisConnection;
  close(): Promise<void>;
}

/** A client of `ioredis`, 5 or 6: a `Redis` or a `Cluster`. Its types are not needed to compile an app without it. */
export interface IoredisClient {
  readonly status: string;
  call(command: string, ...args: (string | Buffer | number)[]): Promise<unknown>;
  duplicate(...args: never[]): unknown;
}

/** Where a Redis is, in the words of `ioredis`, which has to be installed. One of `host`, `path` and `sentinels`. */
export interface RedisOptions {
  host?: string | undefined;
  /** Default 6379. */
  port?: number | undefined;
  /** Of a Unix socket. */
  path?: string | undefined;
  username?: string | undefined;
  password?: string | undefined;
  /** Number of the database. Default 0. */
  db?: number | undefined;
  /** `true`, or settings of `tls.connect()`: `{ ca }`. Default: no TLS. */
  tls?: boolean | object | undefined;
  /** Sentinels that know the primary, which {@link name} names. Their port: default 26379. */
  sentinels?: { host: string; port?: number | undefined }[] | undefined;
  name?: string | undefined;
  sentinelUsername?: string | undefined;
  sentinelPassword?: string | undefined;
}
