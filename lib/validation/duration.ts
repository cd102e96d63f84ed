import ms from 'ms';
import { z } from 'zod';

/** A time: milliseconds as a number, or a number with a unit: `'500ms'`, `'30s'`, `'5m'`, `'2h'`, `'1d'`. */
export type Duration = number | string;

const FORM = /^\d+(\.\d+)? ?(ms|s|m|h|d)$/;

/** Accepts a {@link Duration}, gives whole milliseconds. */
export const duration = z
  .custom<Duration>(
    (value) =>
      typeof value === 'number' ? Number.isFinite(value) && value >= 0 : typeof value === 'string' && FORM.test(value),
    {
      error: 'is not a duration',
      params: { remedy: "Write milliseconds as a number, or '500ms', '30s', '5m', '2h', '1d'." },
    },
  )
  .transform((value) => Math.round(typeof value === 'number' ? value : ms(value as ms.StringValue)));
