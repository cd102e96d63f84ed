import { describe, expect, test } from '@jest/globals';
import type { Usage } from '../domain/usage.js';
import { costCheck, unpricedLimits } from './cost-limit.js';
import { anthropicMessages } from '../upstream/dialects/anthropic-messages.js';
import type { Dialect } from '../upstream/dialects/dialect.js';
import type { JsonObject } from '../kit/json.js';
import { openAiChat } from '../upstream/dialects/openai-chat.js';
import { openAiEmbeddings } from '../upstream/dialects/openai-embeddings.js';
import { openAiResponses } from '../upstream/dialects/openai-responses.js';

/** What a request is estimated to use. */
function estimate(body: JsonObject, dialect: Dialect = openAiChat): Usage {
  const seen: Usage[] = [];
  const version = { tag: 'v1', model: 'm', upstream: 'chat/blue', costLimitPerRequest: 1 };
  costCheck((_model, usage) => {
    seen.push(usage);
    return 0;
  })(version, dialect, body, body);
  return seen[0]!;
}

function check(limit: number | undefined, cost: number | undefined): void {
  const version = { tag: 'v1', model: 'm', upstream: 'chat/blue', costLimitPerRequest: limit };
  costCheck(() => cost)(version, openAiChat, { messages: [] }, { messages: [] });
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
    const source = { source: { type: 'base64', data: 'A'.repeat(10_000) } };
    const sound = { input_audio: { format: 'wav', data: 'A'.repeat(10_000) } };
    // The words that say what they are: 'base64' and 'wav'.
    expect(estimate({ messages: [{ content: [image, source, sound] }] }).inputTokens).toBe(3);
  });

  test.each([
    ['a message that begins like a file', { content: `data: ${'x'.repeat(10_000)}` }],
    ['a message that begins quite like one', { content: `data:image/png;base64,${'x'.repeat(10_000)}` }],
    ['a part that does', { content: [{ text: `data:image/png;base64,${'x'.repeat(10_000)}` }] }],
    ['a document of text', { content: [{ source: { type: 'text', data: 'x'.repeat(10_000) } }] }],
    ['a file of text', { content: [{ file: { file_data: `data:text/plain;base64,${'x'.repeat(10_000)}` } }] }],
  ])('takes %s for the text that it is', (_what, message) => {
    expect(estimate({ messages: [message] }).inputTokens).toBeGreaterThanOrEqual(2_500);
  });

  test.each([
    [openAiChat, { max_tokens: 50, max_completion_tokens: 1 }, 50],
    [openAiChat, { max_tokens: 50 }, 50],
    [openAiChat, { max_completion_tokens: 50, n: 3 }, 150],
    [openAiResponses, { max_output_tokens: 50 }, 50],
    [anthropicMessages, { max_tokens: 50 }, 50],
    [openAiChat, {}, 0],
  ] as const)('counts the output that is allowed (%#)', (dialect, body, outputTokens) => {
    expect(estimate(body, dialect).outputTokens).toBe(outputTokens);
  });
});

const environment = (model: string, costLimitPerRequest?: number) => ({
  displayName: model,
  version: { tag: 'v1', model, upstream: 'chat/x', costLimitPerRequest },
});

test('A limit whose model has no price is named, and no other', () => {
  const environments = {
    blue: environment('known', 1),
    green: environment('unknown', 1),
    fallback: environment('unknown'),
  };
  const route = { alias: 'chat', environments, weights: { blue: 100 }, active: 'blue', fallback: ['fallback'] };
  expect(unpricedLimits([route], (model) => (model === 'known' ? 0 : undefined))).toEqual([
    expect.stringMatching(/costLimitPerRequest of "green" has no effect, the price of "unknown" is not known/),
  ]);
});
