import { systemClock, type Clock } from '../kit/clock.js';
import { BlueGreenError } from './errors.js';

/** Longest wait for a function of the app on the request path, milliseconds. */
const LIMIT = 10_000;

/** A function of the app did not settle. `code`: `hook_timeout`. */
class HookTimeoutError extends BlueGreenError {
  constructor(name: string) {
    super(
      'hook_timeout',
      `The function "${name}" of the options has not settled within ${LIMIT / 1000} s.`,
      'Try again. If you run the app, give the function a time limit of its own.',
      503,
    );
  }
}

/**
 * The result of a function of the app: a value, or a promise, which has a limit.
 *
 * @throws {HookTimeoutError} and what the promise rejects with.
 */
export async function hookResult<T>(name: string, result: T | PromiseLike<T>, clock: Clock = systemClock): Promise<T> {
  if (!isThenable(result)) return result;
  return new Promise<T>((resolve, reject) => {
    const cancel = clock.after(LIMIT, () => reject(new HookTimeoutError(name)));
    void Promise.resolve(result).then(resolve, reject).finally(cancel);
  });
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
