import type { PriceOf } from '../domain/usage.js';
import type { Version } from '../domain/version.js';
import type { Dialect, JsonObject } from './dialects/dialect.js';
import { isObject, numberAt } from './json.js';
import { UpstreamFailure } from './upstream-failure.js';

const CHARS_PER_TOKEN = 4;

/**
 * Refuses a request that would cost more than the version allows: its text at four characters a token, and all of
 * the output that it allows itself. Without a known price there is nothing to compare.
 *
 * @throws {UpstreamFailure} `budget`.
 */
export function assertAffordable(version: Version, dialect: Dialect, body: JsonObject, priceOf: PriceOf): void {
  const { costLimitPerRequest: limit, model } = version;
  if (limit === undefined) return;
  const outputTokens = dialect.limitFields.map((field) => numberAt(body, field)).find((tokens) => tokens !== undefined);
  const answers = Math.max(1, numberAt(body, 'n') ?? 1);
  const cost = priceOf(model, {
    inputTokens: Math.ceil(charsIn(body) / CHARS_PER_TOKEN),
    outputTokens: (outputTokens ?? 0) * answers,
    cachedInputTokens: 0,
  });
  if (cost === undefined || cost <= limit) return;
  throw new UpstreamFailure(
    'budget',
    `the request may cost $${cost.toPrecision(3)}, and costLimitPerRequest is $${limit}; it was not sent`,
  );
}

/** Fields whose text is a file: its length says nothing about tokens. */
const FILE_FIELDS = new Set(['data', 'file_data']);

/** Characters of text in a body. A number in a list is a token already, as embeddings take them. */
function charsIn(value: unknown): number {
  if (typeof value === 'string') return value.startsWith('data:') ? 0 : value.length;
  if (Array.isArray(value)) {
    return value.reduce<number>((sum, part) => sum + (typeof part === 'number' ? CHARS_PER_TOKEN : charsIn(part)), 0);
  }
  if (!isObject(value)) return 0;
  return Object.entries(value).reduce(
    (sum, [key, part]) => sum + (FILE_FIELDS.has(key) && typeof part === 'string' ? 0 : charsIn(part)),
    0,
  );
}
