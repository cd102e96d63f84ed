import type { Provider } from '../provider.js';

export const cerebras: Provider<'cerebras'> = {
  name: 'cerebras',
  baseUrl: 'https://api.cerebras.ai/v1',
  speaks: ['openai-chat'],
};
