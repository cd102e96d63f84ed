import { strataOf } from '../domain/strata.js';
import type { JsonObject } from '../kit/json.js';
import type { KnownDialect } from '../upstream/dialects/dialects.js';

/** Characters of a request from which on its prompt counts as long: some two thousand tokens. */
const LONG = 8_000;

interface Asked {
  readonly dialect: KnownDialect;
  readonly body: JsonObject;
}

/**
 * The parts of the traffic that a request belongs to: by what is asked, before anything is answered.
 *
 * @param attribute hash of what the rollout groups requests by.
 */
export function strataOfRequest({ dialect, body }: Asked, attribute?: number): readonly string[] {
  return strataOf({
    streamed: dialect.isStream(body),
    tools: dialect.toolFields.some((field) => Array.isArray(body[field]) && body[field].length > 0),
    structured: dialect.request.schema(body) !== undefined,
    long: lengthUpTo(LONG, body) >= LONG,
    attribute,
  });
}

/** Characters of all text in it; stops counting at `most`. */
function lengthUpTo(most: number, value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  let length = 0;
  for (const part of Object.values(value as JsonObject)) {
    length += lengthUpTo(most - length, part);
    if (length >= most) return length;
  }
  return length;
}
