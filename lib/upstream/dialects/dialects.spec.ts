import { expect, test } from '@jest/globals';
import { dialectAt } from './dialects.js';

test.each([
  ['/v1/chat/completions', 'openai-chat'],
  ['/ai/v1/chat/completions/', 'openai-chat'],
  ['/openai/deployments/x/chat/completions', 'openai-chat'],
  ['/v1/responses', 'openai-responses'],
  ['/embeddings', 'openai-embeddings'],
  ['/v1/messages', 'anthropic-messages'],
  ['/ai/v1/messages', 'anthropic-messages'],
])('%s speaks %s', (path, name) => {
  expect(dialectAt(path)?.name).toBe(name);
});

test.each(['/', '/v1/models', '/v1/threads/t1/messages', '/v1/messages/count_tokens', '/v1/chat/completions/c1'])(
  '%s speaks nothing that is known here',
  (path) => {
    expect(dialectAt(path)).toBeUndefined();
  },
);
