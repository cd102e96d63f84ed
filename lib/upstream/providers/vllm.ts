import type { Provider } from '../provider.js';

export const vllm: Provider<'vllm'> = {
  name: 'vllm',
  baseUrl: 'http://localhost:8000/v1',
  speaks: ['openai-chat', 'openai-responses', 'openai-embeddings', 'anthropic-messages', 'openai-completions'],
  auth: 'bearer',
  slashes: true,
  keyless: true,
};
