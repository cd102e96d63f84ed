import { z } from 'zod';
import { wait, type Duration } from '../validation/duration.js';
import { switchable } from '../validation/fields.js';

const SHORTEST = 100;

/** The job that runs the schedules. */
export interface SchedulerInput {
  /**
   * How often the gates are read; several failures in a row are looked at right away. At least 100 ms;
   * default `'30s'`.
   */
  monitorInterval?: Duration | undefined;
}

const settings = z.strictObject({ monitorInterval: wait.pipe(z.number().min(SHORTEST)).prefault('30s') });

export const scheduler = switchable(settings)
  .transform((job) => ({ enabled: job !== false, ...(job || settings.parse({})) }))
  .prefault(true);
