import type { Provider } from '../provider.js';

export const fireworks: Provider<'fireworks'> = {
  name: 'fireworks',
  baseUrl: 'https://api.fireworks.ai/inference/v1',
  speaks: ['openai-chat', 'openai-responses', 'openai-embeddings', 'anthropic-messages', 'openai-completions'],
  slashes: true,
};
