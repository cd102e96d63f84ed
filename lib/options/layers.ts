import { z } from 'zod';
import { defined } from '../kit/defined.js';

type Field = z.core.SomeType;
type Plain<F extends Field> = F extends
  z.ZodDefault<infer Inner> | z.ZodPrefault<infer Inner> | z.ZodOptional<infer Inner>
  ? Inner
  : F;
type Layer<Shape extends Readonly<Record<string, Field>>> = { [K in keyof Shape]: z.ZodOptional<Plain<Shape[K]>> };

/**
 * The schema for one layer of settings that both the app and a route may have: without defaults, so that what a route
 * leaves out does not hide what the app sets.
 */
export function layerOf<S extends z.ZodObject>(settings: S) {
  const fields = Object.entries(settings.shape).map(([name, field]) => {
    const { innerType = field, defaultValue } = field.def as { innerType?: z.ZodType; defaultValue?: unknown };
    // For the test that compares defaults with the docs.
    return [name, innerType.optional().meta({ default: defaultValue })];
  });
  return z.strictObject(Object.fromEntries(fields)) as unknown as z.ZodObject<Layer<S['shape']>, z.core.$strict>;
}

/** Later layers win, key by key; the schema's defaults fill what none of them has. */
export function merged<S extends z.ZodType>(settings: S, ...layers: readonly (object | undefined)[]): z.output<S> {
  return settings.parse(Object.assign({}, ...layers.map(defined)));
}
