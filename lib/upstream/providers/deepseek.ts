import type { Provider } from '../provider.js';

export const deepseek: Provider<'deepseek'> = {
  name: 'deepseek',
  baseUrl: 'https://api.deepseek.com',
  speaks: ['openai-chat', 'anthropic-messages'],
  paths: { 'anthropic-messages': '/anthropic/v1/messages' },
};
