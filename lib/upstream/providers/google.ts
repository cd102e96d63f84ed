import type { Provider } from '../provider.js';

export const google: Provider<'google'> = {
  name: 'google',
  baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
  speaks: ['openai-chat', 'openai-embeddings'],
  genAiName: 'gcp.gemini',
};
