import { describe, expect, test } from '@jest/globals';
import type { Usage } from '../domain/usage.js';
import { assertAffordable } from './cost-limit.js';
import { anthropicMessages } from './dialects/anthropic-messages.js';
import type { Dialect, JsonObject } from './dialects/dialect.js';
import { openAiChat } from './dialects/openai-chat.js';
import { openAiEmbeddings } from './dialects/openai-embeddings.js';
import { openAiResponses } from './dialects/openai-responses.js';

/** What a request is estimated to use. */
function estimate(body: JsonObject, dialect: Dialect = openAiChat): Usage {
  const seen: Usage[] = [];
  const version = { tag: 'v1', model: 'm', upstream: 'chat/blue', costLimitPerRequest: 1 };
  assertAffordable(version, dialect, body, (_model, usage) => {
    seen.push(usage);
    return 0;
  });
  return seen[0]!;
}

function check(limit: number | undefined, cost: number | undefined): void {
  const version = { tag: 'v1', model: 'm', upstream: 'chat/blue', costLimitPerRequest: limit };
  assertAffordable(version, openAiChat, { messages: [] }, () => cost);
}

describe('a request', () => {
  test('up to the limit passes, beyond it is refused', () => {
    expect(() => check(0.5, 0.5)).not.toThrow();
    expect(() => check(0.5, 0.51)).toThrow(expect.objectContaining({ failure: 'budget' }));
  });

  test('passes without a limit, and without a known price', () => {
    expect(() => check(undefined, 1_000)).not.toThrow();
    expect(() => check(0.5, undefined)).not.toThrow();
  });
});

describe('the estimate', () => {
  test('takes four characters of text for a token, rounded up', () => {
    expect(estimate({ messages: [{ content: 'x'.repeat(401) }] }).inputTokens).toBe(101);
  });

  test('takes a number in a list for the token that it is', () => {
    expect(estimate({ input: [1, 2, 3] }, openAiEmbeddings).inputTokens).toBe(3);
  });

  test('does not take an image or a file for text', () => {
    const image = { image_url: { url: `data:image/png;base64,${'A'.repeat(10_000)}` } };
    const source = { source: { data: 'A'.repeat(10_000) } };
    expect(estimate({ messages: [{ content: [image, source] }] }).inputTokens).toBe(0);
  });

  test.each([
    [openAiChat, { max_tokens: 50 }, 50],
    [openAiChat, { max_completion_tokens: 50, n: 3 }, 150],
    [openAiResponses, { max_output_tokens: 50 }, 50],
    [anthropicMessages, { max_tokens: 50 }, 50],
    [openAiChat, {}, 0],
  ] as const)('counts the output that is allowed (%#)', (dialect, body, outputTokens) => {
    expect(estimate(body, dialect).outputTokens).toBe(outputTokens);
  });
});
