import type { Provider } from '../provider.js';

export const llamaCpp: Provider<'llama-cpp'> = {
  name: 'llama-cpp',
  baseUrl: 'http://localhost:8080/v1',
  speaks: ['openai-chat', 'openai-responses', 'openai-embeddings', 'anthropic-messages', 'openai-completions'],
  auth: 'bearer',
  slashes: true,
  keyless: true,
};
