import { z } from 'zod';
import type { HealthCheck } from '../domain/route-settings.js';
import { wait, type Duration } from '../validation/duration.js';
import { switchable } from '../validation/fields.js';

/** Watches splits that no rollout runs: weights from the options, or set by hand. */
export interface SplitCheckOptions {
  /**
   * Highest error rate that passes, as a fraction: 0.05 is 5%. Default 0.05, or any rate if only `latencyP99` is given.
   */
  errorRate?: number | undefined;
  /** Longest p99 that passes. Default `'3s'`, or any time if only `errorRate` is given. */
  latencyP99?: Duration | undefined;
  /** Move the traffic back to the live environment; `false` only raises an alert. Default `true`. */
  autoRollback?: boolean | undefined;
}

export const splitCheck = switchable(
  z.strictObject({
    errorRate: z.number().min(0).max(1).optional(),
    latencyP99: wait.optional(),
    autoRollback: z.boolean().default(true),
  }),
).transform((check): HealthCheck | undefined => (check ? { enabled: true, ...check } : undefined));
