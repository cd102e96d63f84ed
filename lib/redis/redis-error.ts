import { types } from 'node:util';
import { BlueGreenError, JournalUnavailableError } from '../domain/errors.js';
import { refusalIn } from './redis-refusals.js';

/** For an unknown command, Redis quotes its arguments. */
const QUOTED_ARGUMENTS = /,? with args beginning with:.*/s;

/**
 * Redis, or the network to it, refused a command. `code`: `redis_unavailable`.
 *
 * Has no `cause`: clients attach the command to their errors, with the password or the journal entries in it.
 */
export class RedisError extends BlueGreenError {
  constructor(place: string, why: string) {
    super(
      'redis_unavailable',
      `${place}: ${why.replace(QUOTED_ARGUMENTS, '').replace(/\.$/, '')}.`,
      refusalIn(why)?.remedy ?? 'Check that Redis answers at the address in journal.redis. Calls continue meanwhile.',
      503,
    );
  }
}

/** The error for callers that need something from Redis while it is away. */
export function outOfReach(error: unknown): JournalUnavailableError {
  const remedy = error instanceof BlueGreenError ? error.remedy : undefined;
  return new JournalUnavailableError(whyOf(error), { cause: error, remedy });
}

/** The problem, for people. An error that covers several addresses has no message of its own. */
export function whyOf(error: unknown): string {
  if (!types.isNativeError(error)) return 'a thrown value that is not an error';
  if (error.message === '' && 'errors' in error && Array.isArray(error.errors))
    return error.errors.map(whyOf).join(', ');
  return error.message;
}
