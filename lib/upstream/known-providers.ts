import type { Provider } from './provider.js';

/** The formats of servers that speak those of OpenAI and of Anthropic alike. */
const OPEN_SERVER = [
  'openai-chat',
  'openai-responses',
  'openai-embeddings',
  'anthropic-messages',
  'openai-completions',
] as const;

/** What is known of providers, by name. All that depends on a provider follows from its entry. */
export const PROVIDERS = {
  openai: {
    baseUrl: 'https://api.openai.com/v1',
    speaks: ['openai-chat', 'openai-responses', 'openai-embeddings', 'openai-completions', 'openai-compact'],
    chatLimit: 'max_completion_tokens',
  },
  anthropic: {
    baseUrl: 'https://api.anthropic.com/v1',
    speaks: ['openai-chat', 'anthropic-messages'],
    models: { path: '/models?limit=1000', auth: 'x-api-key', headers: { 'anthropic-version': '2023-06-01' } },
    // From Claude 4.6 on a conversation has to end with the user.
    prefill: /^claude-(?:[23]|instant)|^claude-(?:opus|sonnet|haiku)-4(?:-[0-5])?(?:-\d{8})?$/,
  },
  google: {
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
    speaks: ['openai-chat', 'openai-embeddings'],
    genAiName: 'gcp.gemini',
  },
  'azure-openai': {
    speaks: ['openai-chat', 'openai-responses', 'openai-embeddings', 'openai-completions', 'openai-compact'],
    chatLimit: 'max_completion_tokens',
    auth: 'api-key',
    genAiName: 'azure.ai.openai',
  },
  deepseek: {
    baseUrl: 'https://api.deepseek.com',
    speaks: ['openai-chat', 'anthropic-messages'],
    paths: { 'anthropic-messages': '/anthropic/v1/messages' },
  },
  mistral: {
    baseUrl: 'https://api.mistral.ai/v1',
    speaks: ['openai-chat', 'openai-embeddings'],
    refusesUsageEvent: true,
    genAiName: 'mistral_ai',
  },
  groq: {
    baseUrl: 'https://api.groq.com/openai/v1',
    speaks: ['openai-chat', 'openai-responses'],
    slashes: true,
  },
  xai: {
    baseUrl: 'https://api.x.ai/v1',
    speaks: ['openai-chat', 'openai-responses', 'openai-embeddings', 'anthropic-messages'],
    genAiName: 'x_ai',
  },
  openrouter: {
    baseUrl: 'https://openrouter.ai/api/v1',
    speaks: OPEN_SERVER,
    auth: 'bearer',
    slashes: true,
  },
  together: {
    baseUrl: 'https://api.together.xyz/v1',
    speaks: ['openai-chat', 'openai-embeddings', 'openai-completions'],
    slashes: true,
  },
  fireworks: {
    baseUrl: 'https://api.fireworks.ai/inference/v1',
    speaks: OPEN_SERVER,
    slashes: true,
  },
  holysheep: {
    baseUrl: 'https://api.holysheep.ai/v1',
    speaks: [...OPEN_SERVER, 'openai-compact'],
    auth: 'bearer',
    slashes: true,
  },
  ollama: {
    baseUrl: 'http://localhost:11434/v1',
    speaks: OPEN_SERVER,
    auth: 'bearer',
    slashes: true,
    keyless: true,
  },
  vllm: {
    baseUrl: 'http://localhost:8000/v1',
    speaks: OPEN_SERVER,
    auth: 'bearer',
    slashes: true,
    keyless: true,
  },
  cohere: {
    baseUrl: 'https://api.cohere.ai/compatibility/v1',
    speaks: ['openai-chat', 'openai-embeddings'],
  },
  perplexity: {
    baseUrl: 'https://api.perplexity.ai',
    speaks: ['openai-chat'],
  },
  cerebras: {
    baseUrl: 'https://api.cerebras.ai/v1',
    speaks: ['openai-chat'],
  },
  bedrock: {
    // Its OpenAI-compatible endpoint, in the customer's region, with an API key of Bedrock's.
    speaks: ['openai-chat'],
    genAiName: 'aws.bedrock',
  },
  vertex: {
    // Its OpenAI-compatible endpoint, below the customer's project and location, with an access token as the key.
    speaks: ['openai-chat'],
    genAiName: 'gcp.vertex_ai',
    slashes: true,
  },
  tgi: {
    baseUrl: 'http://localhost:8080/v1',
    speaks: ['openai-chat'],
    slashes: true,
    keyless: true,
  },
  'llama-cpp': {
    baseUrl: 'http://localhost:8080/v1',
    speaks: OPEN_SERVER,
    auth: 'bearer',
    slashes: true,
    keyless: true,
  },
  'lm-studio': {
    baseUrl: 'http://localhost:1234/v1',
    speaks: OPEN_SERVER,
    auth: 'bearer',
    slashes: true,
    keyless: true,
  },
  litellm: {
    baseUrl: 'http://localhost:4000/v1',
    speaks: [...OPEN_SERVER, 'openai-compact'],
    auth: 'bearer',
    slashes: true,
  },
} as const satisfies Readonly<Record<string, Provider>>;
