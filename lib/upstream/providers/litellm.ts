import type { Provider } from '../provider.js';

export const litellm: Provider<'litellm'> = {
  name: 'litellm',
  baseUrl: 'http://localhost:4000/v1',
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
