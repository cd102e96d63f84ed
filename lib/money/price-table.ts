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

/** A price, with what the shipped table knows beside it. */
interface ShippedPrice extends Price {
  readonly cacheWrite?: number | undefined;
  readonly cacheWrite1h?: number | undefined;
}

const MILLION = 1_000_000;

/** As {@link PriceOf}, for the name of the provider in place of the upstream's id. */
type ProviderPriceOf = (model: string, usage: Usage, provider?: string) => number | undefined;

/**
 * The user's own prices first, then the table shipped with `@pydantic/genai-prices`: the provider's own price of the
 * model, else anybody's. A model may be written with its provider (`anthropic/claude-sonnet-4`).
 */
export function priceOf(own: PriceTable): ProviderPriceOf {
  const shipped = new ShippedPrices();
  return (model, usage, provider) => {
    // The counts come from a provider or a caller's request: they may make no sense.
    if (!Object.values(usage).every((count) => count >= 0 && Number.isFinite(count))) return undefined;
    const price = Object.hasOwn(own, model) ? own[model] : undefined;
    return price ? byPrice(price, usage) : shipped.costOf(model, usage, provider);
  };
}

/** The prices of a process, whose upstreams are known by their ids. */
export function priceAt(
  own: PriceTable,
  upstreams: readonly { readonly id: string; readonly provider?: string | undefined }[],
): PriceOf {
  const table = priceOf(own);
  const providers = new Map(upstreams.map(({ id, provider }) => [id, provider]));
  return (model, usage, upstream) => table(model, usage, upstream === undefined ? undefined : providers.get(upstream));
}

function byPrice(price: ShippedPrice, usage: Usage): number {
  const { input, output, cachedInput = input, cacheWrite = input, cacheWrite1h = cacheWrite } = price;
  const cached = cachedOf(usage);
  const written = Math.min(usage.cacheWriteTokens ?? 0, usage.inputTokens - cached);
  const writtenFor1h = Math.min(usage.cacheWrite1hTokens ?? 0, written);
  const fresh = usage.inputTokens - cached - written;
  const ofInput = fresh * input + cached * cachedInput + (written - writtenFor1h) * cacheWrite;
  return (ofInput + writtenFor1h * cacheWrite1h + usage.outputTokens * output) / MILLION;
}

/** Some providers do not count cached tokens as input. */
function cachedOf({ cachedInputTokens, inputTokens }: Usage): number {
  return Math.min(cachedInputTokens, inputTokens);
}

/** Models whose shipped price is remembered; beyond it the oldest is forgotten. */
const MAX_MODELS = 1_024;

/**
 * A look-up in the shipped table takes longer than everything else that is done for an answer. So a price of plain
 * numbers is remembered. A price with tiers, or one that depends on the time of day, is looked up every time.
 */
class ShippedPrices {
  /** `undefined`: the model has no plain price. */
  readonly #plain = new Map<string, ShippedPrice | undefined>();

  costOf(model: string, usage: Usage, provider = ''): number | undefined {
    const key = `${provider} ${model}`;
    if (!this.#plain.has(key)) {
      this.#plain.set(key, plainPriceOf(model, provider));
      if (this.#plain.size > MAX_MODELS) this.#plain.delete(this.#plain.keys().next().value!);
    }
    const price = this.#plain.get(key);
    return price ? byPrice(price, usage) : calculated(model, usage, provider)?.total_price;
  }
}

function plainPriceOf(model: string, provider: string): ShippedPrice | undefined {
  const found = calculated(model, { inputTokens: 1, outputTokens: 1, cachedInputTokens: 0 }, provider);
  if (!found || Array.isArray(found.model.prices)) return undefined;
  // Where there is no price for the output, as of embeddings, there is no output.
  const { input_mtok, output_mtok = 0, cache_read_mtok, cache_write_mtok, cache_write_1h_mtok } = found.model_price;
  const [input, output] = [plain(input_mtok), plain(output_mtok)];
  const isTiered = [cache_read_mtok, cache_write_mtok, cache_write_1h_mtok].some((price) => typeof price === 'object');
  if (input === undefined || output === undefined || isTiered) return undefined;
  return {
    input,
    output,
    cachedInput: plain(cache_read_mtok),
    cacheWrite: plain(cache_write_mtok),
    cacheWrite1h: plain(cache_write_1h_mtok),
  };
}

function plain(price: unknown): number | undefined {
  return typeof price === 'number' ? price : undefined;
}

/** Providers that the shipped table knows by another name. */
const TABLE_NAMES: Readonly<Record<string, string>> = {
  xai: 'x-ai',
  'azure-openai': 'azure',
  bedrock: 'aws',
  vertex: 'google',
};

function calculated(name: string, usage: Usage, provider: string): PriceCalculationResult {
  const tokens = {
    input_tokens: usage.inputTokens,
    cache_read_tokens: cachedOf(usage),
    output_tokens: usage.outputTokens,
  };
  // Google lists its models below `models/`.
  const model = name.startsWith('models/') ? name.slice('models/'.length) : name;
  const slash = model.indexOf('/');
  return (
    (provider === '' ? null : calcPrice(tokens, model, { providerId: TABLE_NAMES[provider] ?? provider })) ??
    calcPrice(tokens, model) ??
    (slash > 0 ? calcPrice(tokens, model.slice(slash + 1), { providerId: model.slice(0, slash) }) : null)
  );
}
