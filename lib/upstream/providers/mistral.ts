import type { Provider } from '../provider.js';

export const mistral: Provider<'mistral'> = {
  name: 'mistral',
  baseUrl: 'https://api.mistral.ai/v1',
  speaks: ['openai-chat', 'openai-embeddings'],
  refuses: ['stream_options'],
  genAiName: 'mistral_ai',
};
