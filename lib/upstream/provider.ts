import type { Dialect } from './dialects/dialect.js';
import type { DialectName } from './dialects/dialects.js';
import type { Addition } from './errors/refused-addition.js';
import type { AuthScheme, Endpoint } from './endpoint.js';
import type { ModelNeeds } from './model-needs.js';

/** A provider: where it speaks which format, and how it takes its key. Data, no code. */
export interface Provider<Name extends string = string> {
  readonly name: Name;
  /** From the provider's own documentation. Absent when every customer has their own. */
  readonly baseUrl?: string;
  /** The formats that it speaks; someone else's format at its compatible endpoint. */
  readonly speaks: readonly DialectName[];
  /** Where it speaks them, for those that are not at their usual path. */
  readonly paths?: Readonly<Partial<Record<DialectName, string>>>;
  /** How it takes its key. Default: in each format as that format does. */
  readonly auth?: AuthScheme;
  /** The package of the AI SDK that knows its own authentication: environments without a key are asked through it. */
  readonly package?: string;
  /** Where it lists its models, if not at `/models`: the cheapest call that there is. */
  readonly models?: Endpoint;
  /** Names of its models may have slashes of their own, so a prefix with its name belongs to the model. */
  readonly slashes?: boolean;
  /** Refuses these parts of requests that we would add. Streams tell their usage without being asked there. */
  readonly refuses?: readonly Addition[];
  /** Takes the price of the model's maker where it has none of its own: a cloud or a relay. */
  readonly resells?: boolean;
  /** The cost of services as a share of the usual price. Default: {@link TIERS}. */
  readonly tiers?: Readonly<Record<string, number>>;
  /** Its name for the limit on output tokens of a chat completion, if not `max_tokens`. */
  readonly chatLimit?: 'max_completion_tokens';
  /** Fields that some of its models refuse or call by another name. */
  readonly needs?: readonly ModelNeeds[];
  /** Serves without a key. */
  readonly keyless?: boolean;
  /** Models that continue an answer whose beginning they are given. None when left out. */
  readonly prefill?: RegExp;
  /** Its name in OpenTelemetry's conventions, where that is another one. */
  readonly genAiName?: string;
}

/** Services that take their time, at half the price, wherever there are any. Of others the price is not known. */
export const TIERS: Readonly<Record<string, number>> = { flex: 0.5, batch: 0.5 };

/** Where a provider speaks a format; `undefined` when it does not. */
export function endpointOf({ speaks, paths, auth }: Provider, { name, endpoint }: Dialect): Endpoint | undefined {
  const known = speaks.find((spoken) => spoken === name);
  return known && { ...endpoint, path: paths?.[known] ?? endpoint.path, auth: auth ?? endpoint.auth };
}

export function modelsOf({ models, auth = 'bearer' }: Provider): Endpoint {
  return models ?? { path: '/models', auth };
}
