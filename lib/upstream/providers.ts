import { DIALECTS } from './dialects/dialects.js';
import type { Provider } from './provider.js';
import { anthropic } from './providers/anthropic.js';
import { azureOpenAi } from './providers/azure-openai.js';
import { deepseek } from './providers/deepseek.js';
import { fireworks } from './providers/fireworks.js';
import { google } from './providers/google.js';
import { groq } from './providers/groq.js';
import { holySheep } from './providers/holysheep.js';
import { mistral } from './providers/mistral.js';
import { ollama } from './providers/ollama.js';
import { openAi } from './providers/openai.js';
import { openRouter } from './providers/openrouter.js';
import { together } from './providers/together.js';
import { vllm } from './providers/vllm.js';
import { cohere } from './providers/cohere.js';
import { perplexity } from './providers/perplexity.js';
import { cerebras } from './providers/cerebras.js';
import { bedrock } from './providers/bedrock.js';
import { vertex } from './providers/vertex.js';
import { tgi } from './providers/tgi.js';
import { llamaCpp } from './providers/llama-cpp.js';
import { lmStudio } from './providers/lm-studio.js';
import { litellm } from './providers/litellm.js';
import { xai } from './providers/xai.js';

const PROVIDERS = [
  openAi,
  anthropic,
  google,
  azureOpenAi,
  deepseek,
  mistral,
  groq,
  xai,
  openRouter,
  together,
  fireworks,
  holySheep,
  ollama,
  vllm,
  cohere,
  perplexity,
  cerebras,
  bedrock,
  vertex,
  tgi,
  llamaCpp,
  lmStudio,
  litellm,
] as const;

export type ProviderName = (typeof PROVIDERS)[number]['name'];

export const PROVIDER_NAMES: readonly ProviderName[] = PROVIDERS.map(({ name }) => name);

const BY_NAME: ReadonlyMap<string, Provider> = new Map(PROVIDERS.map((provider) => [provider.name, provider]));

/** A base URL of unknown origin: it speaks everything, each format with that format's own kind of key. */
const ANYBODY: Provider = { name: 'unknown', speaks: DIALECTS.map(({ name }) => name) };

export function isProvider(name: string): name is ProviderName {
  return BY_NAME.has(name);
}

export function providerOf(name: ProviderName | undefined): Provider {
  return name === undefined ? ANYBODY : BY_NAME.get(name)!;
}

/** The model as this provider spells it: `anthropic/claude-…` is `claude-…` there. Other prefixes stay. */
export function spelledBy(provider: ProviderName | undefined, model: string): string {
  const isPrefixed = provider !== undefined && model.startsWith(`${provider}/`);
  return isPrefixed && providerOf(provider).slashes !== true ? model.slice(provider.length + 1) : model;
}

/**
 * Whether this provider's model continues an answer that was begun; `undefined` of a provider that nobody here knows.
 */
export function takesPrefill(provider: string | undefined, model: string): boolean | undefined {
  if (provider === undefined || !isProvider(provider)) return undefined;
  return providerOf(provider).prefill?.test(spelledBy(provider, model)) ?? false;
}
