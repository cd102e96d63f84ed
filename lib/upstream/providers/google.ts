import type { Provider } from '../provider.js';

export const google: Provider<'google'> = {
  name: 'google',
  baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
  speaks: ['openai-chat', 'openai-embeddings'],
  // Its documented value for calls that another model made.
  needs: [{ models: /^(?:models\/)?gemini-(?:[3-9]|\d\d)/, signature: 'skip_thought_signature_validator' }],
  genAiName: 'gcp.gemini',
};
