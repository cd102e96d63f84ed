import { z } from 'zod';
import { tagOf, type Capabilities, type Version } from '../domain/version.js';
import type { JsonValue } from '../kit/json.js';
import type { EmbeddingModelObject } from '../translate/embeddings.js';
import type { LanguageModelObject } from '../translate/model.js';
import { versionFields } from '../schedule/version-schema.js';
import { withoutTrailingSlashes } from '../upstream/endpoint.js';
import { PROVIDER_NAMES, providerOf, takesPrefill, type ProviderName } from '../upstream/providers.js';
import type { UpstreamConfig } from '../upstream/upstream-config.js';
import { isEmbeddingModel, isLanguageModel, providerOfObject } from './language-model.js';
import { chosenModel, packageOf, type ChosenModel } from './provider.js';
import { networkLayer, type NetworkOptions } from './network-options.js';
import { timeoutLayer, type TimeoutOptions } from './timeout-options.js';

/** An environment of a route: which model to ask, with which settings, for which share of the traffic. */
export interface EnvironmentOptions extends VersionOptions {
  /** For people. Default: the environment's key. */
  name?: string | undefined;
  /**
   * The model's name as its provider spells it; without `provider` and `baseUrl` it may start with the provider:
   * `anthropic/claude-sonnet-4-5`. Default: that of `languageModel`.
   */
  model?: string | undefined;
  /**
   * A model object of the AI SDK, asked in place of an address: `anthropic('claude-sonnet-4-5')`. It brings its own
   * key. Callers of every format reach it.
   */
  languageModel?: LanguageModelObject | undefined;
  /**
   * An embedding model of the AI SDK in its place: `google.embeddingModel('gemini-embedding-001')`. Callers of OpenAI's
   * embeddings reach it.
   */
  embeddingModel?: EmbeddingModelObject | undefined;
  /**
   * Provider whose addresses, paths and headers to use. Default: the prefix of the model's name, else an OpenAI-like
   * API.
   */
  provider?: ProviderName | undefined;
  /** With the provider's version segment: `https://api.openai.com/v1`. Default: the provider's. */
  baseUrl?: string | undefined;
  /**
   * The wire format that is spoken at `baseUrl`, where that is not known from the provider: calls in other formats are
   * translated. Default: the provider's formats; without a provider, the caller's.
   */
  format?: TranslatedFormat | undefined;
  /**
   * The provider's key; `false` for an upstream that takes none. Optional for `ollama`, `vllm`, `tgi`, `llama-cpp` and
   * `lm-studio`, and for `bedrock` and `vertex`, which are asked through their packages of the AI SDK then.
   */
  apiKey?: string | false | undefined;
  /** Share of the traffic, in percent. Default 0. */
  weight?: number | undefined;
  /** More headers for every call. */
  headers?: Record<string, string> | undefined;
  timeouts?: TimeoutOptions | undefined;
  network?: NetworkOptions | undefined;
}

/** The parts of a version besides its model: applied to every request that goes to the environment. */
interface VersionOptions {
  /** Version tag. Default: the model's name, plus a hash of `parameters` and `systemPrompt` if there are any. */
  version?: string | undefined;
  /**
   * Parameters for every request, as the wire format spells them: `{ temperature: 0, seed: 7 }`. `drop` lists fields of
   * requests that are left out, `rename` gives others another name: `{ drop: ['seed'] }`.
   */
  parameters?: Record<string, JsonValue> | undefined;
  /** `parameters` win over the request's (`override`), or fill in what it leaves out. Default `default`. */
  parametersMode?: 'override' | 'default' | undefined;
  /**
   * The system prompt: instead of the request's (`replace`), before it, or only for requests without one. A string
   * replaces.
   */
  systemPrompt?: string | { text: string; mode?: 'replace' | 'prepend' | 'default' | undefined } | undefined;
  /** Most US dollars that a request may cost, estimated before it is sent. No limit by default. */
  costLimitPerRequest?: number | undefined;
  /** The only model name that answers may carry. Default: the model's name and its dated snapshots. */
  pinnedModel?: string | undefined;
  /** The model's capabilities, where they differ from those known of its provider. */
  capabilities?:
    | {
        /** The provider behind a relay: for traces, and for what is known of its models. Default: `provider`. */
        provider?: string | undefined;
        /** Context window in tokens: a request that a provider calls too long only falls back to a larger one. */
        maxTokens?: number | undefined;
        /** At `false` a request for a stream skips this environment. Default: it can stream. */
        supportsStreaming?: boolean | undefined;
        /** At `false` a request that offers tools skips this environment. Default: it takes tools. */
        supportsTools?: boolean | undefined;
        /** Can continue an answer when given its beginning. Default: by provider and model. */
        assistantPrefill?: boolean | undefined;
      }
    | undefined;
}

/** RFC 9110, 5.1 and 5.5: what may stand in a header. The client would refuse anything else, at every call. */
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

const headerValue = z.string().refine((value) => HEADER_VALUE.test(value), {
  error: 'has a character that cannot be sent in a header',
  params: { remedy: 'Look for a line break at its end: trim() text that was read from a file.' },
});

const headers = z.record(z.string(), headerValue).superRefine((all, context) => {
  for (const name of Object.keys(all).filter((key) => !HEADER_NAME.test(key))) {
    const params = { remedy: 'Use letters, digits and - only.' };
    context.addIssue({ code: 'custom', path: [name], message: 'is not the name of a header', params });
  }
});

const FORMATS = ['openai-chat', 'anthropic-messages', 'openai-responses'] as const;

type TranslatedFormat = (typeof FORMATS)[number];

/** The functions are methods of the object: it is checked, never copied. */
const languageModel = z.custom<LanguageModelObject>(isLanguageModel, {
  error: 'is not a language model of the AI SDK',
  params: {
    remedy:
      "Use a model of version v3 or v4 of the specification, like anthropic('claude-sonnet-4-5') of @ai-sdk/anthropic 3 or 4.",
  },
});

const embeddingModel = z.custom<EmbeddingModelObject>(isEmbeddingModel, {
  error: 'is not an embedding model of the AI SDK',
  params: {
    remedy: "Use one of version v3 or v4 of the specification, like google.embeddingModel('gemini-embedding-001').",
  },
});

export const environment = z.strictObject({
  name: z.string().min(1).optional(),
  model: z.string().min(1).optional(),
  languageModel: languageModel.optional(),
  embeddingModel: embeddingModel.optional(),
  format: z.enum(FORMATS).optional(),
  provider: z.enum(PROVIDER_NAMES).optional(),
  baseUrl: z.url({ protocol: /^https?$/, error: 'is not an http(s) URL' }).optional(),
  apiKey: z.union([headerValue.min(1), z.literal(false)]).optional(),
  weight: z.number().min(0).max(100).default(0),
  ...versionFields,
  headers: headers.default({}),
  timeouts: timeoutLayer.optional(),
  network: networkLayer.optional(),
});

type EnvironmentInput = z.output<typeof environment>;

/** The model that an environment asks, and its provider. */
function chosenBy({
  languageModel: asked,
  embeddingModel: embeds,
  model,
  provider,
  baseUrl,
}: EnvironmentInput): ChosenModel {
  const object = asked ?? embeds;
  if (!object) return chosenModel({ provider, model: model ?? '', baseUrl });
  return { provider: provider ?? providerOfObject(object), model: model ?? object.modelId };
}

/** The version that an environment's options describe. */
export function versionOf(input: EnvironmentInput, upstream: string): Version {
  const { model } = chosenBy(input);
  const { parameters, parametersMode: mode, systemPrompt, costLimitPerRequest, pinnedModel } = input;
  const capabilities = capabilitiesOf(input);
  const settings = {
    ...(parameters && Object.keys(parameters).length > 0 ? { parameters: { values: parameters, mode } } : {}),
    ...(systemPrompt ? { systemPrompt } : {}),
  };
  return {
    tag: input.version ?? tagOf(model, settings),
    model,
    upstream,
    ...(capabilities ? { capabilities } : {}),
    ...settings,
    ...(costLimitPerRequest === undefined ? {} : { costLimitPerRequest }),
    ...(pinnedModel === undefined ? {} : { pinnedModel }),
  };
}

/** Where an environment's calls go. */
export function upstreamOf(
  input: EnvironmentInput,
  id: string,
  path: string,
  shared: Pick<UpstreamConfig, 'timeouts' | 'network' | 'limits'>,
): UpstreamConfig {
  const { provider, model } = chosenBy(input);
  const isObject = input.languageModel !== undefined || input.embeddingModel !== undefined;
  const packaged = isObject ? undefined : packageOf(provider, input);
  const lowerCase = Object.entries(input.headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  return {
    id,
    provider,
    ...(input.languageModel && { model: input.languageModel }),
    ...(input.embeddingModel && { embedding: input.embeddingModel }),
    ...((isObject || packaged !== undefined) && { asks: model }),
    ...(packaged !== undefined && { packaged: { name: packaged, model, path } }),
    ...(input.format && { formats: [input.format] }),
    baseUrl: isObject ? '' : withoutTrailingSlashes(input.baseUrl ?? providerOf(provider).baseUrl ?? ''),
    apiKey: input.apiKey ?? false,
    headers: Object.fromEntries(lowerCase),
    ...shared,
  };
}

/** Declared values, over those known of the provider. Of a base URL alone, nothing is known. */
function capabilitiesOf(input: EnvironmentInput): Capabilities | undefined {
  const { provider, model } = chosenBy(input);
  const declared = Object.entries(input.capabilities ?? {}).filter(([, value]) => value !== undefined);
  if (provider === undefined && declared.length === 0) return undefined;
  const known = provider && { supportsStreaming: true, supportsTools: true };
  const assistantPrefill = takesPrefill(provider ?? input.capabilities?.provider, model);
  return { ...known, ...(assistantPrefill !== undefined && { assistantPrefill }), ...Object.fromEntries(declared) };
}
