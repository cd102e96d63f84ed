import { z } from 'zod';
import { problemsOf } from '../../validation/problems.js';
import { ValidationError } from '../../validation/validation-error.js';

/**
 * What somebody sent, by its schema.
 *
 * @throws {ValidationError} 422, listing every problem with its path, its value and its remedy.
 */
export function parsed<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const result = schema.safeParse(input ?? {});
  if (result.success) return result.data;
  throw new ValidationError('The request cannot be followed', problemsOf(result.error, input));
}

/** A moment in a query: ISO 8601 with its offset, or milliseconds since the epoch. */
export const time = z.union([z.iso.datetime({ offset: true }), z.string().regex(/^\d{1,16}$/)]).transform((text) => {
  return /^\d+$/.test(text) ? Number(text) : Date.parse(text);
});

/** How many are asked for. */
export const limit = z.coerce.number().int().min(1).max(1_000).default(100);
