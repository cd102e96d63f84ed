import type { Usage } from '../domain/usage.js';
import { sizeOf, type BodySize } from './body-size.js';
import type { Dialect } from './dialects/dialect.js';
import { type JsonObject, numberAt } from '../kit/json.js';

/** A way to guess usage before the provider has counted it. */
interface Guess {
  readonly input: (size: BodySize) => number;
  /** Output tokens of an answer whose request sets no limit. */
  readonly unlimited: number;
}

/** About right for prose: four characters a token. Files and unlimited output count as nothing. */
const LIKELY: Guess = {
  input: ({ chars, numbers }) => Math.ceil(chars / 4) + numbers,
  unlimited: 0,
};

/**
 * On the high side: no tokenizer in use gets fewer characters of prose into a token, and every value and file counts.
 */
const HIGH: Guess = {
  input: ({ bytes, values, files }) => Math.ceil(bytes / 3) + values + files * 2_000,
  unlimited: 4_096,
};

/** Likely input tokens of a body. */
export function likelyInput(body: JsonObject, dialect: Dialect): number {
  return LIKELY.input(sizeOf(body, dialect));
}

/** Likely usage of a request as the provider gets it, if its answer is as long as it allows. */
export function likelyUsage(body: JsonObject, dialect: Dialect): Usage {
  return usageBy(LIKELY, body, dialect);
}

/** Highest usage of a request as the provider gets it: a guess on the high side. */
export function highestUsage(body: JsonObject, dialect: Dialect): Usage {
  return usageBy(HIGH, body, dialect);
}

function usageBy({ input, unlimited }: Guess, body: JsonObject, dialect: Dialect): Usage {
  const { limitFields } = dialect;
  // The provider may go by any of several limits.
  const limits = limitFields.map((field) => numberAt(body, field)).filter((tokens) => tokens !== undefined);
  const limit = limits.length === 0 ? unlimited : Math.max(0, ...limits);
  const output = limitFields.length === 0 ? 0 : limit;
  const answers = Math.max(1, numberAt(body, 'n') ?? 1);
  return { inputTokens: input(sizeOf(body, dialect)), outputTokens: output * answers, cachedInputTokens: 0 };
}

/**
 * Usage of an answer that broke off: a token for each content chunk unless the provider has counted more, and the
 * input as the provider counted it, or else as estimated.
 */
export function usageSoFar(counted: Usage | undefined, chunks: number, inputTokens: () => number): Usage {
  return {
    inputTokens: counted?.inputTokens ?? inputTokens(),
    outputTokens: Math.max(counted?.outputTokens ?? 0, chunks),
    cachedInputTokens: counted?.cachedInputTokens ?? 0,
  };
}
