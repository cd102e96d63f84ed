import { z } from 'zod';
import { wait, type Duration } from '../validation/duration.js';
import { switchable } from '../validation/fields.js';

/** The job that runs the schedules. */
export interface SchedulerInput {
  /** How often the gates are read; several failures in a row are looked at right away. Default `'30s'`. */
  monitorInterval?: Duration | undefined;
}

const settings = z.strictObject({ monitorInterval: wait.prefault('30s') });

export const scheduler = switchable(settings)
  .transform((job) => ({ enabled: job !== false, ...(job || settings.parse({})) }))
  .prefault(true);
