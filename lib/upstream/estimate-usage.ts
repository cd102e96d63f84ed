import type { Usage } from '../domain/usage.js';
import { sizeOf, type BodySize } from './body-size.js';
import type { Dialect } from './dialects/dialect.js';
import { type JsonObject, numberAt } from '../kit/json.js';

/** A way to guess what nobody has counted yet. */
interface Guess {
  readonly input: (size: BodySize) => number;
  /** Output tokens of an answer whose request sets no limit. */
  readonly unlimited: number;
}

/** About right for prose: four characters a token. Files count nothing, and neither does what is not limited. */
const LIKELY: Guess = {
  input: ({ chars, numbers }) => Math.ceil(chars / 4) + numbers,
  unlimited: 0,
};

/** Rather too high: below what any tokeniser in use makes of prose, and every value and file has its price. */
const HIGH: Guess = {
  input: ({ bytes, values, files }) => Math.ceil(bytes / 3) + values + files * 2_000,
  unlimited: 4_096,
};

/** Input tokens that a body is likely to be. */
export function likelyInput(body: JsonObject, dialect: Dialect): number {
  return LIKELY.input(sizeOf(body, dialect));
}

/** What a request is likely to use, as it goes to the provider, if its answer is as long as it allows. */
export function likelyUsage(body: JsonObject, dialect: Dialect): Usage {
  return usageBy(LIKELY, body, dialect);
}

/** What a request may use at most, for a body as it goes to the provider: a guess on the high side. */
export function highestUsage(body: JsonObject, dialect: Dialect): Usage {
  return usageBy(HIGH, body, dialect);
}

function usageBy({ input, unlimited }: Guess, body: JsonObject, dialect: Dialect): Usage {
  const { limitFields } = dialect;
  // Of several the provider may go by any.
  const limits = limitFields.map((field) => numberAt(body, field)).filter((tokens) => tokens !== undefined);
  const limit = limits.length === 0 ? unlimited : Math.max(0, ...limits);
  const output = limitFields.length === 0 ? 0 : limit;
  const answers = Math.max(1, numberAt(body, 'n') ?? 1);
  return { inputTokens: input(sizeOf(body, dialect)), outputTokens: output * answers, cachedInputTokens: 0 };
}

/**
 * What an answer that broke off has used: a token for each content chunk unless the provider has counted more, and the input as it
 * counted it, or else as estimated.
 */
export function usageSoFar(counted: Usage | undefined, chunks: number, inputTokens: () => number): Usage {
  return {
    inputTokens: counted?.inputTokens ?? inputTokens(),
    outputTokens: Math.max(counted?.outputTokens ?? 0, chunks),
    cachedInputTokens: counted?.cachedInputTokens ?? 0,
  };
}
