import { z } from 'zod';
import { duration, type Duration } from '../validation/duration.js';

/** The period that figures cover. */
export interface TelemetryOptions {
  /** Length of the rolling window that gates and metrics read. At least a second; default `'5m'`. */
  window?: Duration | undefined;
}

export const telemetry = z.strictObject({ window: duration.pipe(z.number().min(1_000)).prefault('5m') }).prefault({});
