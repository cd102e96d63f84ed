import { z } from 'zod';
import { isDeeperThan } from '../../upstream/json.js';
import { problemsOf } from '../../validation/problems.js';
import { ValidationError, type Problem } from '../../validation/validation-error.js';

/** Levels of objects and lists in a body. What goes through every recursion here, and into Redis' scripts, which read 1,000. */
const MAX_DEPTH = 64;

const TOO_DEEP: Problem = {
  path: '(the whole)',
  value: 'not shown',
  message: `is nested deeper than ${MAX_DEPTH} levels`,
  remedy: 'Write it flatter.',
};

/**
 * What somebody sent, by its schema.
 *
 * @throws {ValidationError} 422, listing every problem with its path, its value and its remedy.
 */
export function parsed<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  if (isDeeperThan(input, MAX_DEPTH)) throw refused([TOO_DEEP]);
  const result = schema.safeParse(input ?? {});
  if (result.success) return result.data;
  throw refused(problemsOf(result.error, input));
}

function refused(problems: readonly Problem[]): ValidationError {
  return new ValidationError('The request cannot be followed', problems);
}

/** A moment in a query: ISO 8601 with its offset, or milliseconds since the epoch. */
export const time = z.union([z.iso.datetime({ offset: true }), z.string().regex(/^\d{1,16}$/)]).transform((text) => {
  return /^\d+$/.test(text) ? Number(text) : Date.parse(text);
});

/** How many are asked for. */
export const limit = z.coerce.number().int().min(1).max(1_000).default(100);
