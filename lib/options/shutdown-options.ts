import { z } from 'zod';
import { wait, type Duration } from '../validation/duration.js';

/** How long the end of the process takes. */
export interface ShutdownInput {
  /**
   * After `SIGTERM` requests are still taken for this long, while readiness says 503: until load balancers have
   * noticed. At most `grace`. Default `'5s'`; skipped for other signals and `app.close()`.
   */
  drain?: Duration | undefined;
  /** From the signal until calls under way are ended with an error. Default `'25s'`. */
  grace?: Duration | undefined;
}

const DRAIN = 5_000;

export const shutdown = z
  .strictObject({
    drain: wait.optional().meta({ default: DRAIN }),
    grace: wait.prefault('25s'),
  })
  .refine(({ drain = 0, grace }) => drain <= grace, {
    path: ['drain'],
    error: 'is longer than grace, which includes it',
    params: { remedy: 'Raise shutdown.grace, or shorten shutdown.drain.' },
  })
  .transform(({ drain = DRAIN, grace }) => ({ drain: Math.min(drain, grace), grace }))
  .prefault({});
