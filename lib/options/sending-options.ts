import type { Duration } from '../validation/duration.js';

/** How long to wait for a provider. */
export interface TimeoutOptions {
  /** To a TCP and TLS connection. Default `'5s'`. */
  connect?: Duration | undefined;
  /** To the first token of a stream. Default `'10s'`. */
  firstToken?: Duration | undefined;
  /** Between two chunks of a stream. Default `'15s'`. */
  idle?: Duration | undefined;
  /** To a whole JSON answer, per attempt. Default `'30s'`. */
  total?: Duration | undefined;
  /** To the end of a stream, without the time that it waits for the caller; that may be as long again. Default `'10m'`. */
  streamTotal?: Duration | undefined;
}

/** How often an environment is asked again. */
export interface RetryOptions {
  /** Calls to one environment, the first included. 1–10, default 3. */
  attempts?: number | undefined;
  /** Wait before the second attempt; doubles with each, with jitter. Default `'250ms'`. */
  baseDelay?: Duration | undefined;
  /** Longest wait. A `Retry-After` beyond it goes to the fallback at once. Default `'8s'`. */
  maxDelay?: Duration | undefined;
  /** Keeps an outage from being multiplied. */
  budget?:
    | {
        /** Retries per live request. Default 0.2. */
        ratio?: number | undefined;
        /** Retries per second that are always allowed. Default 10. */
        perSecond?: number | undefined;
      }
    | undefined;
}

/** When an environment that does not answer is left alone. */
export interface BreakerOptions {
  /** Share of failures among the last calls that opens it, above 0 and below 1. Default 0.5. */
  threshold?: number | undefined;
  /** How many calls those are. Default 20. */
  size?: number | undefined;
  /** Calls needed before it may open, `size` at most. Default 10, or `size` where that is less. */
  minCalls?: number | undefined;
  /** Until one call may try again. Default `'10s'`. */
  halfOpenAfter?: Duration | undefined;
}
