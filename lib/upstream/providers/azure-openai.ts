import type { Provider } from '../provider.js';

export const azureOpenAi: Provider<'azure-openai'> = {
  name: 'azure-openai',
  speaks: ['openai-chat', 'openai-responses', 'openai-embeddings', 'openai-completions', 'openai-compact'],
  chatLimit: 'max_completion_tokens',
  auth: 'api-key',
  genAiName: 'azure.ai.openai',
  resells: true,
};
