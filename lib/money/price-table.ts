import { calcPrice, type PriceCalculationResult } from '@pydantic/genai-prices';
import { isCountable, type PriceOf, type Usage } from '../domain/usage.js';
import { TIERS } from '../upstream/provider.js';
import { isProvider, providerOf } from '../upstream/providers.js';

/** US dollars per million tokens. */
interface Price {
  readonly input: number;
  readonly output: number;
  /** As `input` when left out. */
  readonly cachedInput?: number | undefined;
  /** As `input` when left out. */
  readonly cacheWrite?: number | undefined;
  /** For a cache that is kept for an hour; as `cacheWrite` when left out. */
  readonly cacheWrite1h?: number | undefined;
  /** As `input` and `output` when left out. */
  readonly audioInput?: number | undefined;
  readonly audioOutput?: number | undefined;
  /** As `input` when left out. */
  readonly imageInput?: number | undefined;
  /** Shares of these prices that services of the provider cost, by its names of them. */
  readonly tiers?: Readonly<Record<string, number>> | undefined;
}

/** Prices by model name. */
export type PriceTable = Readonly<Record<string, Price>>;

const MILLION = 1_000_000;

/** As {@link PriceOf}, for the name of the provider in place of the upstream's id. */
type ProviderPriceOf = (model: string, usage: Usage, provider?: string) => number | undefined;

/**
 * The user's own prices first, then the table shipped with `@pydantic/genai-prices`: the provider's own price of the
 * model. Anybody's only where the provider is not known, or sells models of others at their price. A model may be
 * written with its provider (`anthropic/claude-sonnet-4`).
 */
export function priceOf(own: PriceTable): ProviderPriceOf {
  const shipped = new ShippedPrices();
  return (model, usage, provider) => {
    if (!isCountable(usage)) return undefined;
    const price = Object.hasOwn(own, model) ? own[model] : undefined;
    const part = partOf(usage.serviceTier, provider, price?.tiers);
    if (part === undefined) return undefined;
    const cost = price ? byPrice(price, usage) : shipped.costOf(model, usage, provider);
    return cost === undefined ? undefined : cost * part;
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

/** The share of the usual price that a service costs; `undefined` when it is not known. */
function partOf(tier: string | undefined, provider: string | undefined, own: Price['tiers']): number | undefined {
  if (tier === undefined) return 1;
  const known = provider !== undefined && isProvider(provider) ? providerOf(provider).tiers : undefined;
  for (const tiers of [own, known ?? TIERS]) if (tiers && Object.hasOwn(tiers, tier)) return tiers[tier];
  return undefined;
}

function byPrice(price: Price, usage: Usage): number {
  const { input, output, cachedInput = input, cacheWrite = input, cacheWrite1h = cacheWrite } = price;
  const { audioInput = input, audioOutput = output, imageInput = input } = price;
  const cached = cachedOf(usage);
  const written = Math.min(usage.cacheWriteTokens ?? 0, usage.inputTokens - cached);
  const writtenFor1h = Math.min(usage.cacheWrite1hTokens ?? 0, written);
  const fresh = usage.inputTokens - cached - written;
  const heard = Math.min(usage.audioInputTokens ?? 0, fresh);
  const seen = Math.min(usage.imageInputTokens ?? 0, fresh - heard);
  const spoken = Math.min(usage.audioOutputTokens ?? 0, usage.outputTokens);
  const ofFresh = (fresh - heard - seen) * input + heard * audioInput + seen * imageInput;
  const ofCache = cached * cachedInput + (written - writtenFor1h) * cacheWrite + writtenFor1h * cacheWrite1h;
  return (ofFresh + ofCache + (usage.outputTokens - spoken) * output + spoken * audioOutput) / MILLION;
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
  readonly #plain = new Map<string, Price | undefined>();

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

function plainPriceOf(model: string, provider: string): Price | undefined {
  const found = calculated(model, { inputTokens: 1, outputTokens: 1, cachedInputTokens: 0 }, provider);
  if (!found || Array.isArray(found.model.prices)) return undefined;
  // Where there is no price for the output, as of embeddings, there is no output.
  const { input_mtok, output_mtok = 0, cache_read_mtok, cache_write_mtok, cache_write_1h_mtok } = found.model_price;
  const { input_audio_mtok, output_audio_mtok, input_image_mtok } = found.model_price;
  const [input, output] = [plain(input_mtok), plain(output_mtok)];
  const isTiered = [cache_read_mtok, cache_write_mtok, cache_write_1h_mtok].some((price) => typeof price === 'object');
  if (input === undefined || output === undefined || isTiered) return undefined;
  return {
    input,
    output,
    cachedInput: plain(cache_read_mtok),
    cacheWrite: plain(cache_write_mtok),
    cacheWrite1h: plain(cache_write_1h_mtok),
    audioInput: plain(input_audio_mtok),
    audioOutput: plain(output_audio_mtok),
    imageInput: plain(input_image_mtok),
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
  if (provider !== '') {
    const own = calcPrice(tokens, model, { providerId: TABLE_NAMES[provider] ?? provider });
    if (own || (isProvider(provider) && providerOf(provider).resells !== true)) return own;
  }
  return (
    calcPrice(tokens, model) ??
    (slash > 0 ? calcPrice(tokens, model.slice(slash + 1), { providerId: model.slice(0, slash) }) : null)
  );
}
