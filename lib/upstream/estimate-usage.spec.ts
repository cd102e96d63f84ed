import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { openAiChat } from './dialects/openai-chat.js';
import { openAiEmbeddings } from './dialects/openai-embeddings.js';
import { highestUsage, likelyInput, likelyUsage } from './estimate-usage.js';

describe('what a request may use at most', () => {
  test('is never less than what it is likely to use', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (body) => {
        const [likely, highest] = [likelyUsage(body, openAiChat), highestUsage(body, openAiChat)];
        expect(highest.inputTokens).toBeGreaterThanOrEqual(likely.inputTokens);
        expect(highest.outputTokens).toBeGreaterThanOrEqual(likely.outputTokens);
      }),
    );
  });

  test('sets something aside for an answer without a limit, and for each of several', () => {
    expect(highestUsage({ n: 2 }, openAiChat).outputTokens).toBe(8_192);
    expect(highestUsage({ n: 2, max_tokens: 10 }, openAiChat).outputTokens).toBe(20);
  });

  test('has no output where the format has none', () => {
    expect(highestUsage({ input: 'text' }, openAiEmbeddings).outputTokens).toBe(0);
  });

  test.each([
    ['a URL', { image_url: { url: 'https://x.example/photo.jpg' } }],
    ['a URL of its own', { image_url: 'https://x.example/photo.jpg' }],
    ['a source by URL', { source: { type: 'url', url: 'https://x.example/photo.jpg' } }],
    ['an id', { file: { file_id: 'file-1' } }],
  ])('sets as much aside for a file that is named by %s', (_what, part) => {
    const content = Array.from({ length: 10 }, () => part);
    expect(highestUsage({ messages: [{ role: 'user', content }] }, openAiChat).inputTokens).toBeGreaterThan(20_000);
  });

  test('sets the same aside for a file, however long', () => {
    const [small, large] = [9, 90_000].map((length) => ({ image_url: `data:image/png;base64,${'A'.repeat(length)}` }));
    expect(highestUsage(large!, openAiChat).inputTokens).toBe(highestUsage(small!, openAiChat).inputTokens);
  });
});

test('a limit below zero earns nobody anything', () => {
  expect(likelyUsage({ max_tokens: -1_000_000 }, openAiChat).outputTokens).toBe(0);
});

test('a body that is nested deeper than calls can be is looked through all the same', () => {
  const body = JSON.parse(`{"messages":${'['.repeat(50_000)}"four"${']'.repeat(50_000)}}`) as Record<string, unknown>;
  expect(likelyInput(body, openAiChat)).toBe(1);
});
