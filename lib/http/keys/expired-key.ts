import { BlueGreenError } from '../../domain/errors.js';
import type { Caller } from '../../domain/access-key.js';

/** The key was good until then. `code`: `api_key_expired`. */
export class ExpiredKeyError extends BlueGreenError {
  constructor(
    readonly caller: string,
    readonly expiresAt: number,
  ) {
    super(
      'api_key_expired',
      `The key "${caller}" expired at ${new Date(expiresAt).toISOString()}.`,
      'Use another key, or give this one a later "expiresAt".',
      401,
    );
  }
}

/** @throws {ExpiredKeyError} */
export function unexpired<Known extends Caller | undefined>(caller: Known, now: number): Known {
  const until = caller?.expiresAt;
  if (caller && until !== undefined && until <= now) throw new ExpiredKeyError(caller.name, until);
  return caller;
}
