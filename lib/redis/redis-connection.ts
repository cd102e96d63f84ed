/**
 * What is asked of a Redis client. Any client can be dressed as one; {@link ioredisConnection} dresses `ioredis`.
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
   * One command and its answer. Rejects, and soon, while Redis is away: nothing is queued until it is back. Connects
   * again by itself.
   */
  send(command: string, ...args: readonly (string | number)[]): Promise<unknown>;
  /** Another connection to the same place, for what blocks. */
  duplicate(): RedisConnection;
  close(): Promise<void>;
}
