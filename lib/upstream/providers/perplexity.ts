import type { Provider } from '../provider.js';

export const perplexity: Provider<'perplexity'> = {
  name: 'perplexity',
  baseUrl: 'https://api.perplexity.ai',
  speaks: ['openai-chat'],
};
