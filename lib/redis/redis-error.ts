import { types } from 'node:util';
import { BlueGreenError, JournalUnavailableError } from '../domain/errors.js';
import type { RedisConnection } from './redis-connection.js';

/** What Redis says of a command that it does not know quotes what the command carried. */
const QUOTED_ARGUMENTS = /,? with args beginning with:.*/s;

/**
 * Redis, or the way to it, has refused what it was asked. `code`: `redis_unavailable`.
 *
 * Has no `cause`: clients hang the command on their errors, with the password or the journal's entries that it carried.
 */
class RedisError extends BlueGreenError {
  constructor(place: string, why: string) {
    super(
      'redis_unavailable',
      `${place}: ${why.replace(QUOTED_ARGUMENTS, '').replace(/\.$/, '')}.`,
      'See that it answers under what journal.redis says. Calls go on meanwhile.',
      503,
    );
  }
}

/**
 * The same connection, whose errors say what was wrong and nothing of what was sent.
 *
 * @param place how people know it; without credentials.
 */
export function withPlainErrors(connection: RedisConnection, place = 'Redis'): RedisConnection {
  return {
    send: async (command, ...args) => {
      try {
        return await connection.send(command, ...args);
      } catch (error) {
        throw error instanceof RedisError ? error : new RedisError(place, whyOf(error));
      }
    },
    duplicate: () => withPlainErrors(connection.duplicate(), place),
    close: () => connection.close(),
  };
}

/** What to tell who asked for something that is kept in Redis, and cannot have it. */
export function outOfReach(error: unknown): JournalUnavailableError {
  const remedy = error instanceof BlueGreenError ? error.remedy : undefined;
  return new JournalUnavailableError(whyOf(error), { cause: error, remedy });
}

/** What went wrong, for people. An error of several addresses has no words of its own. */
export function whyOf(error: unknown): string {
  if (!types.isNativeError(error)) return 'an error that is none';
  if (error.message === '' && 'errors' in error && Array.isArray(error.errors))
    return error.errors.map(whyOf).join(', ');
  return error.message;
}
