import type { Provider } from '../provider.js';

export const ollama: Provider<'ollama'> = {
  name: 'ollama',
  baseUrl: 'http://localhost:11434/v1',
  speaks: ['openai-chat', 'openai-responses', 'openai-embeddings', 'anthropic-messages', 'openai-completions'],
  auth: 'bearer',
  slashes: true,
  keyless: true,
};
