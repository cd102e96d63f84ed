import type { Provider } from '../provider.js';

export const cohere: Provider<'cohere'> = {
  name: 'cohere',
  baseUrl: 'https://api.cohere.ai/compatibility/v1',
  speaks: ['openai-chat', 'openai-embeddings'],
};
