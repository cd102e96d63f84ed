import { z } from 'zod';
import { duration, type Duration } from '../validation/duration.js';
import { switchable } from '../validation/fields.js';

/** When to stop asking an environment that fails. */
export interface BreakerOptions {
  /** Share of failures among the last calls that opens the breaker, above 0 and below 1. Default 0.5. */
  threshold?: number | undefined;
  /** How many calls that share is taken over. Default 100. */
  size?: number | undefined;
  /** Calls needed before it may open, at most `size`. Default 20, or `size` if that is less. */
  minCalls?: number | undefined;
  /** How long until one call may try again. Default `'10s'`. */
  halfOpenAfter?: Duration | undefined;
}

export const breaker = switchable(
  z
    .strictObject({
      threshold: z.number().gt(0).lt(1).default(0.5),
      size: z.int().min(1).max(1000).default(100),
      minCalls: z.int().min(1).max(1000).optional(),
      halfOpenAfter: duration.prefault('10s'),
    })
    .refine(({ size, minCalls = 1 }) => minCalls <= size, {
      path: ['minCalls'],
      error: 'is more than the calls that are remembered',
      params: { remedy: 'Use at most the value of size, which is 100 by default.' },
    })
    .transform(({ minCalls, ...rest }) => ({ ...rest, minCalls: minCalls ?? Math.min(20, rest.size) })),
);
