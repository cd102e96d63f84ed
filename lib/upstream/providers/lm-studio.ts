import type { Provider } from '../provider.js';

export const lmStudio: Provider<'lm-studio'> = {
  name: 'lm-studio',
  baseUrl: 'http://localhost:1234/v1',
  speaks: ['openai-chat', 'openai-responses', 'openai-embeddings', 'anthropic-messages', 'openai-completions'],
  auth: 'bearer',
  slashes: true,
  keyless: true,
};
