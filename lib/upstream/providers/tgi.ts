import type { Provider } from '../provider.js';

export const tgi: Provider<'tgi'> = {
  name: 'tgi',
  baseUrl: 'http://localhost:8080/v1',
  speaks: ['openai-chat'],
  slashes: true,
  keyless: true,
};
