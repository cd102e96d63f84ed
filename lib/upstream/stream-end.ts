import type { FailureClass } from '../domain/outcome.js';
import { drain, type ByteStream } from './response-body.js';
import { failureFrom, UpstreamFailure } from './upstream-failure.js';
import type { Watchdog } from './watchdog.js';

/** Failures of the connection. They say nothing about the answer that came through it. */
const SOCKETS_OWN = new Set<FailureClass>(['network', 'timeout', 'frozen']);

/** How much is read after the end of an answer, and for how long. */
const LINGER_BYTES = 64 * 1024;
const LINGER_MS = 1_000;

/** How long the usage may come after the rest of an answer. */
const LATE_USAGE_MS = 5_000;

/** How long a caller waits for what may follow a whole answer. */
export const HOLD_MS = 100;

/** How long an upstream may be silent after a whole answer. @param isCounted whether its usage is there. */
export function silenceAtEnd(isCounted: boolean, idleLimit: number): number {
  return Math.min(isCounted ? LINGER_MS : LATE_USAGE_MS, idleLimit);
}

/**
 * Why a stream failed at its end; `undefined` when it did not. A whole answer stays whole when its socket is cut or
 * silent afterwards: some providers close without ceremony.
 */
export function failureAtEnd(complete: boolean, error: unknown, watchdog: Watchdog): UpstreamFailure | undefined {
  if (error === undefined && complete) return undefined;
  const failure = failureFrom(
    watchdog.reasonOr(error ?? new UpstreamFailure('truncated', 'the stream ended before the answer was whole')),
  );
  return complete && SOCKETS_OWN.has(failure.failure) ? undefined : failure;
}

/** Reads the rest after the end, so that the connection can be used again. Gives up on it soon. */
export async function letGo(body: ByteStream, watchdog: Watchdog): Promise<void> {
  watchdog.limit('end of the body', LINGER_MS);
  await drain(body, LINGER_BYTES);
  watchdog.release();
}
