import type { Provider } from '../provider.js';

export const openRouter: Provider<'openrouter'> = {
  name: 'openrouter',
  baseUrl: 'https://openrouter.ai/api/v1',
  speaks: ['openai-chat', 'openai-responses', 'openai-embeddings', 'anthropic-messages', 'openai-completions'],
  auth: 'bearer',
  slashes: true,
  resells: true,
};
