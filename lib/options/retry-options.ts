import { z } from 'zod';
import { wait, type Duration } from '../validation/duration.js';
import { layerOf } from './layers.js';

/** How often an environment is asked again. */
export interface RetryOptions {
  /** Calls to one environment, including the first. 1–10, default 3. */
  attempts?: number | undefined;
  /** Wait before the second attempt; doubles each time, with jitter. Default `'250ms'`. */
  baseDelay?: Duration | undefined;
  /** Longest wait. With a longer `Retry-After` the fallback is asked at once. Default `'8s'`. */
  maxDelay?: Duration | undefined;
  /** Keeps retries from multiplying an outage. */
  budget?:
    | {
        /** Retries per live request. Default 0.2. */
        ratio?: number | undefined;
        /** Retries per second that are always allowed. Default 10. */
        perSecond?: number | undefined;
      }
    | undefined;
}

export const retry = z.strictObject({
  attempts: z.int().min(1).max(10).default(3),
  baseDelay: wait.prefault('250ms'),
  maxDelay: wait.prefault('8s'),
  budget: z
    .strictObject({
      ratio: z.number().min(0).max(10).default(0.2),
      perSecond: z.number().min(0).max(1_000_000).default(10),
    })
    .prefault({}),
});

export const retryLayer = layerOf(retry);
