import type { AuthScheme, Endpoint, Endpoints } from './endpoint.js';
import type { DialectName } from './dialects/dialect.js';

/** What is known of a provider: where it speaks which dialect, and how it wants its key. Data, no code. */
export interface Provider {
  /** Absent when every customer has one of their own. */
  readonly baseUrl?: string;
  readonly endpoints: Endpoints;
  /** Where it lists its models: the cheapest call that there is. */
  readonly models: Endpoint;
  /** Names of its models may have slashes of their own: what stands in front of one belongs to it. */
  readonly slashes?: boolean;
  /** Serves without a key. */
  readonly keyless?: boolean;
  /** Models that go on with an answer whose beginning they are given. None when left out. */
  readonly prefill?: RegExp;
}

const PATHS: Readonly<Record<DialectName, string>> = {
  'openai-chat': '/chat/completions',
  'openai-responses': '/responses',
  'openai-embeddings': '/embeddings',
  'anthropic-messages': '/messages',
};

/** The usual paths of these dialects. */
function speaks(auth: AuthScheme, ...dialects: DialectName[]): Endpoints {
  return Object.fromEntries(dialects.map((dialect) => [dialect, { path: PATHS[dialect], auth }]));
}

const chat = speaks('bearer', 'openai-chat');
const chatAndEmbeddings = speaks('bearer', 'openai-chat', 'openai-embeddings');
const openAi = speaks('bearer', 'openai-chat', 'openai-responses', 'openai-embeddings');
const anthropic = speaks('x-api-key', 'anthropic-messages');
const everything = speaks('bearer', 'openai-chat', 'openai-responses', 'openai-embeddings', 'anthropic-messages');
const models: Endpoint = { path: '/models', auth: 'bearer' };

/** From Claude 4.6 on a conversation has to end with the user. */
const CLAUDE_WITH_PREFILL = /^claude-(?:[23]|instant)|^claude-(?:opus|sonnet|haiku)-4(?:-[0-5])?(?:-\d{8})?$/;

/**
 * Providers by name. A path that speaks somebody else's dialect is the provider's compatible endpoint.
 *
 * The base URLs and paths are those of the providers' own documentation; `baseUrl` of an environment wins.
 */
const PROVIDERS = {
  openai: { baseUrl: 'https://api.openai.com/v1', endpoints: openAi, models },
  anthropic: {
    baseUrl: 'https://api.anthropic.com/v1',
    endpoints: { ...chat, ...anthropic },
    models: { path: '/models?limit=1000', auth: 'x-api-key', headers: { 'anthropic-version': '2023-06-01' } },
    prefill: CLAUDE_WITH_PREFILL,
  },
  google: {
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
    endpoints: chatAndEmbeddings,
    models,
  },
  'azure-openai': {
    endpoints: speaks('api-key', 'openai-chat', 'openai-responses', 'openai-embeddings'),
    models: { path: '/models', auth: 'api-key' },
  },
  deepseek: {
    baseUrl: 'https://api.deepseek.com',
    endpoints: { ...chat, 'anthropic-messages': { path: '/anthropic/v1/messages', auth: 'x-api-key' } },
    models,
  },
  mistral: { baseUrl: 'https://api.mistral.ai/v1', endpoints: chatAndEmbeddings, models },
  groq: {
    baseUrl: 'https://api.groq.com/openai/v1',
    endpoints: speaks('bearer', 'openai-chat', 'openai-responses'),
    models,
    slashes: true,
  },
  xai: { baseUrl: 'https://api.x.ai/v1', endpoints: { ...openAi, ...anthropic }, models },
  openrouter: { baseUrl: 'https://openrouter.ai/api/v1', endpoints: everything, models, slashes: true },
  together: { baseUrl: 'https://api.together.xyz/v1', endpoints: chatAndEmbeddings, models, slashes: true },
  fireworks: {
    baseUrl: 'https://api.fireworks.ai/inference/v1',
    endpoints: { ...openAi, ...anthropic },
    models,
    slashes: true,
  },
  holysheep: { baseUrl: 'https://api.holysheep.ai/v1', endpoints: everything, models, slashes: true },
  ollama: { baseUrl: 'http://localhost:11434/v1', endpoints: everything, models, slashes: true, keyless: true },
  vllm: { baseUrl: 'http://localhost:8000/v1', endpoints: everything, models, slashes: true, keyless: true },
} as const satisfies Readonly<Record<string, Provider>>;

export type ProviderName = keyof typeof PROVIDERS;

export const PROVIDER_NAMES = Object.keys(PROVIDERS) as ProviderName[];

/** What a base URL of unknown origin is taken for: it speaks everything, each dialect with its own kind of key. */
const ANYBODY: Provider = { endpoints: { ...openAi, ...anthropic }, models };

export function isProvider(name: string): name is ProviderName {
  return Object.hasOwn(PROVIDERS, name);
}

export function providerOf(name: ProviderName | undefined): Provider {
  return name === undefined ? ANYBODY : PROVIDERS[name];
}

/** The model as this provider spells it: `anthropic/claude-…` is `claude-…` there. Anybody else's prefix is left alone. */
export function spelledBy(provider: ProviderName | undefined, model: string): string {
  const isPrefixed = provider !== undefined && model.startsWith(`${provider}/`);
  return isPrefixed && providerOf(provider).slashes !== true ? model.slice(provider.length + 1) : model;
}
