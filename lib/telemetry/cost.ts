import { calcPrice } from '@pydantic/genai-prices';
import type { PriceOf, Usage } from '../domain/usage.js';

/** US dollars per million tokens. */
export interface Price {
  readonly input: number;
  readonly output: number;
  /** As `input` when left out. */
  readonly cachedInput?: number | undefined;
}

/** Prices by model name. */
export type PriceTable = Readonly<Record<string, Price>>;

const MILLION = 1_000_000;

/**
 * The user's own prices over the table shipped with `@pydantic/genai-prices`. A model may be written with its
 * provider in front (`anthropic/claude-sonnet-4`).
 */
export function priceOf(own: PriceTable): PriceOf {
  return (model, usage) => {
    // The counts are the provider's, or follow from what a caller asks for: neither has to make sense.
    const counts = [usage.inputTokens, usage.outputTokens, usage.cachedInputTokens];
    if (!counts.every((count) => count >= 0 && Number.isFinite(count))) return undefined;
    const price = Object.hasOwn(own, model) ? own[model] : undefined;
    return price ? byOwnPrice(price, usage) : byShippedPrice(model, usage);
  };
}

function byOwnPrice({ input, output, cachedInput = input }: Price, usage: Usage): number {
  const cached = cachedOf(usage);
  const fresh = usage.inputTokens - cached;
  return (fresh * input + cached * cachedInput + usage.outputTokens * output) / MILLION;
}

/** Some providers do not count the cached tokens among the input. */
function cachedOf({ cachedInputTokens, inputTokens }: Usage): number {
  return Math.min(cachedInputTokens, inputTokens);
}

function byShippedPrice(model: string, usage: Usage): number | undefined {
  const tokens = {
    input_tokens: usage.inputTokens,
    cache_read_tokens: cachedOf(usage),
    output_tokens: usage.outputTokens,
  };
  const slash = model.indexOf('/');
  const result =
    calcPrice(tokens, model) ??
    (slash > 0 ? calcPrice(tokens, model.slice(slash + 1), { providerId: model.slice(0, slash) }) : null);
  return result?.total_price;
}
