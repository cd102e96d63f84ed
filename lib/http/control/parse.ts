import { z } from 'zod';
import { isDeeperThan } from '../../kit/json.js';
import { problemsOf } from '../../validation/problems.js';
import { ValidationError, type Problem } from '../../validation/validation-error.js';
import { described } from '../openapi/schemas.js';

/** Levels of objects and lists in a body. Safe for every recursion here, and for Redis scripts, which read 1,000. */
const MAX_DEPTH = 64;

const TOO_DEEP: Problem = {
  path: '(the whole)',
  value: 'not shown',
  message: `is nested deeper than ${MAX_DEPTH} levels`,
  remedy: 'Nest it less deeply.',
};

/**
 * The input, checked by its schema.
 *
 * @param place of a problem in the request. Default: its place in the input.
 * @throws {ValidationError} 422, listing every problem with its path, its value and its remedy.
 */
export function parsed<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  place: (path: string) => string = (path) => path,
): z.output<Schema> {
  if (isDeeperThan(input, MAX_DEPTH)) throw refused([TOO_DEEP]);
  const result = schema.safeParse(input ?? {});
  if (result.success) return result.data;
  throw refused(problemsOf(result.error, input, schema).map((problem) => ({ ...problem, path: place(problem.path) })));
}

function refused(problems: readonly Problem[]): ValidationError {
  return new ValidationError('The request is not valid', problems);
}

const MOMENT = z.iso.datetime({ offset: true, local: true });
const DAY = z.iso.date();
const REMEDY = 'Use a time like 2026-01-01T00:00:00Z (UTC without an offset), or milliseconds since the epoch.';

/** A time in a query: ISO 8601, or milliseconds since the epoch. */
export const time = timeBy(momentOf);

/** The start of a period: a date alone means the beginning of that day. */
export const startTime = timeBy((text) => (DAY.safeParse(text).success ? Date.parse(text) : momentOf(text)));

function timeBy(read: (text: string) => number | undefined) {
  return described(
    'ISO 8601, in UTC without an offset; or milliseconds since the epoch.',
    z.string().transform((text, context) => {
      const found = read(text);
      if (found !== undefined) return found;
      context.addIssue({ code: 'custom', message: 'is not a time', params: { remedy: REMEDY } });
      return z.NEVER;
    }),
  );
}

function momentOf(text: string): number | undefined {
  if (/^\d{1,16}$/.test(text)) return Number(text);
  if (!MOMENT.safeParse(text).success) return undefined;
  // Without an offset `Date` would use the time zone of this machine.
  return Date.parse(/(?:Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`);
}

/** The maximum number of rows. */
export const limit = z.coerce.number().int().min(1).max(1_000).default(100);
