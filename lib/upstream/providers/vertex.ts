import type { Provider } from '../provider.js';

export const vertex: Provider<'vertex'> = {
  name: 'vertex',
  // Its OpenAI-compatible endpoint, below the customer's project and location, with an access token as the key.
  speaks: ['openai-chat'],
  package: '@ai-sdk/google-vertex',
  needs: [{ models: /^(?:google\/)?gemini-(?:[3-9]|\d\d)/, signature: 'skip_thought_signature_validator' }],
  genAiName: 'gcp.vertex_ai',
  slashes: true,
  resells: true,
};
