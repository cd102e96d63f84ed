import { BlueGreenError } from '../../domain/errors.js';

/** A key is used too often, or an address sends too many unknown keys. `code`: `too_many_requests`. */
export class TooManyRequestsError extends BlueGreenError {
  constructor(
    message: string,
    /** Milliseconds to wait. */
    readonly retryAfter: number,
  ) {
    super('too_many_requests', message, `Wait for ${Math.ceil(retryAfter / 1000)} s.`, 429);
  }
}
