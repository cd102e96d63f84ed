import type { Usage } from '../../domain/usage.js';
import type { JsonObject } from '../../upstream/dialects/dialect.js';
import { numberAt } from '../../upstream/json.js';

/** Tokens set aside for an answer whose request sets no limit. */
const OUTPUT_WITHOUT_LIMIT = 4_096;
/** Tokens set aside for a file or an image inside the request. */
const ATTACHMENT = 2_000;
/** Below what any tokeniser in use makes of prose, so that the estimate is rather too high. */
const BYTES_PER_TOKEN = 3;

/** Fields whose text is a file: its length says nothing about tokens. */
const FILE_FIELDS = new Set(['data', 'file_data']);

/**
 * What a request may use at most, for a body as it goes to the provider: a guess on the high side.
 *
 * @param limitFields the dialect's names for the limit on output tokens; a dialect without any has no output.
 */
export function estimateUsage(body: JsonObject, limitFields: readonly string[]): Usage {
  const limit = limitFields.map((field) => numberAt(body, field)).find((tokens) => tokens !== undefined);
  const output = limitFields.length === 0 ? 0 : (limit ?? OUTPUT_WITHOUT_LIMIT);
  return {
    inputTokens: tokensIn(body),
    outputTokens: output * (numberAt(body, 'n') ?? 1),
    cachedInputTokens: 0,
  };
}

function tokensIn(value: unknown): number {
  if (typeof value === 'string') {
    return value.startsWith('data:') ? ATTACHMENT : Math.ceil(Buffer.byteLength(value) / BYTES_PER_TOKEN);
  }
  if (typeof value !== 'object' || value === null) return 1;
  return Object.entries(value).reduce(
    (sum, [key, child]) => sum + 1 + (FILE_FIELDS.has(key) && typeof child === 'string' ? ATTACHMENT : tokensIn(child)),
    0,
  );
}
