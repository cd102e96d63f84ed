import type { RedisConnection } from './redis-connection.js';
import { RedisError, whyOf } from './redis-error.js';
import { refusalIn } from './redis-refusals.js';

/** Milliseconds between two moves to another server. The address may lead to a replica for good. */
const MOVE_EVERY = 500;

/**
 * The same connection, with errors that say what went wrong and quote nothing that was sent. A failover may leave it
 * with a server that has become a replica: then it is made again, and the refused command is sent once more.
 *
 * @param place its name for people, without credentials.
 */
export function steadyConnection(connection: RedisConnection, place = 'Redis'): RedisConnection {
  return new SteadyConnection(connection, place);
}

class SteadyConnection implements RedisConnection {
  #current: RedisConnection;
  #movedAt = -Infinity;
  #closed = false;

  constructor(
    connection: RedisConnection,
    private readonly place: string,
  ) {
    this.#current = connection;
  }

  readonly send: RedisConnection['send'] = async (command, ...args) => {
    const used = this.#current;
    try {
      return await used.send(command, ...args).catch((error: unknown) => {
        if (!isElsewhere(error) || !this.#move(used)) throw error;
        return this.#current.send(command, ...args);
      });
    } catch (error) {
      throw error instanceof RedisError ? error : new RedisError(this.place, whyOf(error));
    }
  };

  readonly duplicate = (): RedisConnection => new SteadyConnection(this.#current.duplicate(), this.place);

  readonly close = async (): Promise<void> => {
    this.#closed = true;
    await this.#current.close();
  };

  /** Whether there is another connection than the one that was used. */
  #move(used: RedisConnection): boolean {
    if (this.#closed) return false;
    if (used !== this.#current) return true;
    const now = performance.now();
    if (now - this.#movedAt < MOVE_EVERY) return false;
    this.#movedAt = now;
    const next = used.duplicate();
    if (next === used) return false;
    this.#current = next;
    // Commands that wait there wait for a server that takes no writes.
    void used.close().catch(() => {});
    return true;
  }
}

function isElsewhere(error: unknown): boolean {
  return refusalIn(whyOf(error))?.isElsewhere === true;
}
