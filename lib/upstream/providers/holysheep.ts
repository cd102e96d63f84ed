import type { Provider } from '../provider.js';

export const holySheep: Provider<'holysheep'> = {
  name: 'holysheep',
  baseUrl: 'https://api.holysheep.ai/v1',
  speaks: [
    'openai-chat',
    'openai-responses',
    'openai-embeddings',
    'anthropic-messages',
    'openai-completions',
    'openai-compact',
  ],
  auth: 'bearer',
  slashes: true,
  resells: true,
};
