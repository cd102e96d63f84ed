import ms from 'ms';
import { z } from 'zod';

/** A time: milliseconds as a number, or a number with a unit: `'500ms'`, `'30s'`, `'5m'`, `'2h'`, `'1d'`. */
export type Duration = number | string;

const FORM = /^\d{1,15}(\.\d{1,15})? ?(ms|s|m|h|d)$/;

const TEN_YEARS = 10 * 365 * 24 * 60 * 60_000;

/** A {@link Duration} as it is written. */
export const written = z.custom<Duration>(
  (value) =>
    typeof value === 'number' ? Number.isFinite(value) && value >= 0 : typeof value === 'string' && FORM.test(value),
  {
    error: 'is not a duration',
    params: { remedy: "Write milliseconds as a number, or '500ms', '30s', '5m', '2h', '1d'." },
  },
);

/** Accepts a {@link Duration}, gives whole milliseconds. */
export const duration = written
  .transform((value) => Math.round(typeof value === 'number' ? value : ms(value as ms.StringValue)))
  .pipe(z.number().max(TEN_YEARS, 'is longer than ten years'));

/** A {@link Duration} that a timer can wait for: beyond this, Node's timers fire at once. */
export const wait = duration.pipe(z.number().max(2 ** 31 - 1, 'is longer than the 24 days that a timer can wait'));
