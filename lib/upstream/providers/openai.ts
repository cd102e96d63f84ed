import type { Provider } from '../provider.js';

export const openAi: Provider<'openai'> = {
  name: 'openai',
  baseUrl: 'https://api.openai.com/v1',
  speaks: ['openai-chat', 'openai-responses', 'openai-embeddings', 'openai-completions', 'openai-compact'],
  chatLimit: 'max_completion_tokens',
};
