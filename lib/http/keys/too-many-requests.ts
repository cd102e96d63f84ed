import { BlueGreenError } from '../../domain/errors.js';

/** A key that is used too often, or an address that sends too many that nobody knows. `code`: `too_many_requests`. */
export class TooManyRequestsError extends BlueGreenError {
  constructor(
    message: string,
    /** Milliseconds to wait. */
    readonly retryAfter: number,
  ) {
    super('too_many_requests', message, `Wait for ${Math.ceil(retryAfter / 1000)} s.`, 429);
  }
}
