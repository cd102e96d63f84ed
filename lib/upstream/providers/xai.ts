import type { Provider } from '../provider.js';

export const xai: Provider<'xai'> = {
  name: 'xai',
  baseUrl: 'https://api.x.ai/v1',
  speaks: ['openai-chat', 'openai-responses', 'openai-embeddings', 'anthropic-messages'],
  genAiName: 'x_ai',
};
