import type { Provider } from '../provider.js';

export const groq: Provider<'groq'> = {
  name: 'groq',
  baseUrl: 'https://api.groq.com/openai/v1',
  speaks: ['openai-chat', 'openai-responses'],
  slashes: true,
  tiers: { flex: 1, batch: 0.5 },
};
