import type { Provider } from '../provider.js';

export const openAi: Provider<'openai'> = {
  name: 'openai',
  baseUrl: 'https://api.openai.com/v1',
  speaks: ['openai-chat', 'openai-responses', 'openai-embeddings', 'openai-completions', 'openai-compact'],
  chatLimit: 'max_completion_tokens',
  needs: [
    {
      // Those that always think. Later ones take a temperature while they do not.
      models: /^(?:o\d|gpt-5(?:-(?:mini|nano|pro|codex))?(?:-\d{4}-\d\d-\d\d)?$)/,
      fixed: { temperature: 1, top_p: 1, presence_penalty: 0, frequency_penalty: 0 },
      rename: { max_tokens: 'max_completion_tokens' },
    },
    { models: /^(?:gpt-[34]|chatgpt-4o|gpt-5-chat)/, isThoughtless: true },
  ],
};
