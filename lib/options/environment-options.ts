import type { JsonValue } from '../kit/json.js';
import type { ProviderName } from '../upstream/providers.js';
import type { TimeoutOptions } from './sending-options.js';

/** An environment of a route: whom to ask, with which settings, for which share of the traffic. */
export interface EnvironmentOptions extends VersionOptions {
  /** For people. Default: the environment's key. */
  name?: string | undefined;
  /** The model's name as its provider spells it; without `provider` and `baseUrl`, the provider may stand in front: `anthropic/claude-sonnet-4-5`. */
  model: string;
  /** Whose addresses, paths and headers hold. Default: the one in front of the model's name, else those of an OpenAI-like API. */
  provider?: ProviderName | undefined;
  /** With the provider's version segment: `https://api.openai.com/v1`. Default: the provider's. */
  baseUrl?: string | undefined;
  /** The provider's key; `false` for an upstream that takes none. May be left out for `ollama` and `vllm`. */
  apiKey?: string | false | undefined;
  /** Share of the traffic, in percent. Default 0. */
  weight?: number | undefined;
  /** Further headers for every call. */
  headers?: Record<string, string> | undefined;
  timeouts?: TimeoutOptions | undefined;
}

/** What makes up a version beside its model: applied to every request that goes to the environment. */
interface VersionOptions {
  /** Version tag. Default: made from the model's name, and from a hash of `parameters` and `systemPrompt`. */
  version?: string | undefined;
  /** Parameters for every request, as the format spells them: `{ temperature: 0, seed: 7 }`. */
  parameters?: Record<string, JsonValue> | undefined;
  /** Whether `parameters` win over the request's (`override`) or fill in what it leaves out. Default `default`. */
  parametersMode?: 'override' | 'default' | undefined;
  /** The system prompt: instead of the request's (`replace`), in front of it, or for requests without one. A string replaces. */
  systemPrompt?: string | { text: string; mode?: 'replace' | 'prepend' | 'default' | undefined } | undefined;
  /** US dollars that a request may cost at most, estimated before it is sent. No limit by default. */
  costLimitPerRequest?: number | undefined;
  /** The one model name that answers may bear. Default: the model's name and its dated snapshots. */
  pinnedModel?: string | undefined;
  /** What the model can do, over what is known of its provider. */
  capabilities?:
    | {
        /** Context window in tokens: what a provider calls too long goes on to a larger one alone. */
        maxTokens?: number | undefined;
        /** At `false` a request for a stream goes to the next environment, unasked. Default: it does. */
        supportsStreaming?: boolean | undefined;
        /** At `false` a request that offers tools goes to the next environment, unasked. Default: it does. */
        supportsTools?: boolean | undefined;
        /** Goes on with an answer whose beginning it is given. Default: by provider and model. */
        assistantPrefill?: boolean | undefined;
      }
    | undefined;
}
