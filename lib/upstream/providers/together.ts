import type { Provider } from '../provider.js';

export const together: Provider<'together'> = {
  name: 'together',
  baseUrl: 'https://api.together.xyz/v1',
  speaks: ['openai-chat', 'openai-embeddings', 'openai-completions'],
  slashes: true,
};
