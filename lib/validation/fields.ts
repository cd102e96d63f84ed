import { z } from 'zod';

/** A number of things. Nobody has more of any. */
export const count = z.int().min(0).max(1_000_000_000);

/** A revision of a journal, from 0: none yet. One a microsecond reaches it in thirty years. */
export const revision = z.int().min(0).max(1e15);

/** A function of the user's; what it takes and returns is not checked. */
export const fn = <Fn>() => z.custom<Fn>((value) => typeof value === 'function', { error: 'is not a function' });

/** A switch with settings: `true` is an object without any, `false` is off. */
export function switchable<S extends z.ZodObject | z.ZodPipe>(settings: S) {
  return z.union([z.boolean().transform((on) => on && (settings.parse({}) as z.output<S>)), settings]);
}
