import type { z } from 'zod';
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
