import type { Provider } from '../provider.js';

export const bedrock: Provider<'bedrock'> = {
  name: 'bedrock',
  // Its OpenAI-compatible endpoint, in the customer's region, with an API key of Bedrock's.
  speaks: ['openai-chat'],
  package: '@ai-sdk/amazon-bedrock',
  genAiName: 'aws.bedrock',
  resells: true,
};
