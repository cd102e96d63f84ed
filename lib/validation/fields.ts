import { z } from 'zod';

/** A function of the user's; what it takes and returns is not checked. */
export const fn = <Fn>() => z.custom<Fn>((value) => typeof value === 'function', { error: 'is not a function' });

/** A switch with settings: `true` is an object without any, `false` is off. */
export function switchable<S extends z.ZodObject | z.ZodPipe>(settings: S) {
  return z.union([z.boolean().transform((on) => on && (settings.parse({}) as z.output<S>)), settings]);
}
