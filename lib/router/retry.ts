import type { CallerSignal } from '../kit/caller-signal.js';
import type { Clock, Random } from '../kit/clock.js';
import type { EndSignal } from '../kit/end-signal.js';

/** How often one environment is asked, and how long to wait in between. Milliseconds. */
export interface RetryPolicy {
  /** Calls, including the first. Default 3. */
  readonly attempts: number;
  /** Upper bound of the wait before the second attempt; doubles with each. Default 250. */
  readonly baseDelay: number;
  /** Longest wait. Default 8 s. */
  readonly maxDelay: number;
}

/**
 * How long to wait after `attempt` (from 1) has failed; `undefined` when the provider asks for more than is worth
 * waiting. Exponential with equal jitter: at least half of the bound, so that retries never hammer, and random in the
 * other half, so that they spread.
 */
export function retryDelay(
  attempt: number,
  retryAfter: number | undefined,
  policy: RetryPolicy,
  random: Random,
): number | undefined {
  if (retryAfter !== undefined && retryAfter > policy.maxDelay) return undefined;
  const bound = Math.min(policy.maxDelay, policy.baseDelay * 2 ** (attempt - 1));
  return Math.max(retryAfter ?? 0, bound / 2 + (random() * bound) / 2);
}

/**
 * Resolves with `true` after `ms`; at once with `false` when the signal aborts.
 *
 * @param end of the process: then it resolves with `true` at once.
 */
export function pause(ms: number, clock: Clock, signal: CallerSignal | undefined, end?: EndSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal?.aborted || end?.ended) {
      resolve(!signal?.aborted);
      return;
    }
    const over = (goOn: boolean): void => {
      cancel();
      signal?.removeEventListener('abort', onAbort);
      leaveEnd?.();
      resolve(goOn);
    };
    const onAbort = (): void => over(false);
    const onEnd = (): void => over(true);
    const cancel = clock.after(ms, onEnd);
    signal?.addEventListener('abort', onAbort, { once: true });
    const leaveEnd = end?.listen(onEnd);
  });
}
