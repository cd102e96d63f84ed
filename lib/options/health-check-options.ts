import { z } from 'zod';
import type { HealthCheck } from '../domain/state.js';
import { wait, type Duration } from '../validation/duration.js';

/** Watches splits that no rollout walks: weights from the options, or set by hand. */
export interface HealthCheckOptions {
  /** Greatest error rate that passes, as a fraction: 0.05 is 5 %. Default 0.05, or any where `latencyP99` is given. */
  errorRate?: number | undefined;
  /** Longest p99 that passes. Default `'3s'`, or any where `errorRate` is given. */
  latencyP99?: Duration | undefined;
  /** Take the traffic back to the live environment, or with `false` only raise an alert. Default `true`. */
  autoRollback?: boolean | undefined;
}

export const healthCheck = z
  .union([
    z.literal(false),
    z.strictObject({
      errorRate: z.number().min(0).max(1).optional(),
      latencyP99: wait.optional(),
      autoRollback: z.boolean().default(true),
    }),
  ])
  .transform((check): HealthCheck | undefined => (check ? { enabled: true, ...check } : undefined));
