import { calcPrice, type PriceCalculationResult } from '@pydantic/genai-prices';
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
  const shipped = new ShippedPrices();
  return (model, usage) => {
    // The counts are the provider's, or follow from what a caller asks for: neither has to make sense.
    const counts = [usage.inputTokens, usage.outputTokens, usage.cachedInputTokens];
    if (!counts.every((count) => count >= 0 && Number.isFinite(count))) return undefined;
    const price = Object.hasOwn(own, model) ? own[model] : undefined;
    return price ? byOwnPrice(price, usage) : shipped.costOf(model, usage);
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

/** Models whose shipped price is remembered; beyond it the oldest is looked up again. */
const MAX_MODELS = 1_024;

/**
 * Looking a model up in the shipped table takes longer than everything else that is done for an answer: a price that is
 * three plain numbers is remembered. One with tiers, or that depends on the time of day, is asked for every time.
 */
class ShippedPrices {
  /** `undefined`: there is no plain price. */
  readonly #plain = new Map<string, Price | undefined>();

  costOf(model: string, usage: Usage): number | undefined {
    if (!this.#plain.has(model)) {
      this.#plain.set(model, plainPriceOf(model));
      if (this.#plain.size > MAX_MODELS) this.#plain.delete(this.#plain.keys().next().value!);
    }
    const price = this.#plain.get(model);
    return price ? byOwnPrice(price, usage) : calculated(model, usage)?.total_price;
  }
}

function plainPriceOf(model: string): Price | undefined {
  const found = calculated(model, { inputTokens: 1, outputTokens: 1, cachedInputTokens: 0 });
  if (!found || Array.isArray(found.model.prices)) return undefined;
  const { input_mtok: input, output_mtok: output, cache_read_mtok: cachedInput } = found.model_price;
  if (typeof input !== 'number' || typeof output !== 'number' || typeof cachedInput === 'object') return undefined;
  return { input, output, cachedInput };
}

function calculated(model: string, usage: Usage): PriceCalculationResult {
  const tokens = {
    input_tokens: usage.inputTokens,
    cache_read_tokens: cachedOf(usage),
    output_tokens: usage.outputTokens,
  };
  const slash = model.indexOf('/');
  return (
    calcPrice(tokens, model) ??
    (slash > 0 ? calcPrice(tokens, model.slice(slash + 1), { providerId: model.slice(0, slash) }) : null)
  );
}
