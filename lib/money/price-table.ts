import { calcPrice, type PriceCalculationResult } from '@pydantic/genai-prices';
import type { PriceOf, Usage } from '../domain/usage.js';

/** US dollars per million tokens. */
interface Price {
  readonly input: number;
  readonly output: number;
  /** As `input` when left out. */
  readonly cachedInput?: number | undefined;
}

/** Prices by model name. */
export type PriceTable = Readonly<Record<string, Price>>;

const MILLION = 1_000_000;

/**
 * The user's own prices first, then the table shipped with `@pydantic/genai-prices`. A model may be written with its
 * provider (`anthropic/claude-sonnet-4`).
 */
export function priceOf(own: PriceTable): PriceOf {
  const shipped = new ShippedPrices();
  return (model, usage) => {
    // The counts come from a provider or a caller's request: they may make no sense.
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

/** Some providers do not count cached tokens as input. */
function cachedOf({ cachedInputTokens, inputTokens }: Usage): number {
  return Math.min(cachedInputTokens, inputTokens);
}

/** Models whose shipped price is remembered; beyond it the oldest is forgotten. */
const MAX_MODELS = 1_024;

/**
 * A look-up in the shipped table takes longer than everything else that is done for an answer. So a price of three
 * plain numbers is remembered. A price with tiers, or one that depends on the time of day, is looked up every time.
 */
class ShippedPrices {
  /** `undefined`: the model has no plain price. */
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
