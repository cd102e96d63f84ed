import { describe, expect, test } from '@jest/globals';
import { preparedBody } from '../prepared-body.js';
import { missingField } from './dialect.js';
import { openAiEmbeddings } from './openai-embeddings.js';

describe('embeddings', () => {
  test('ask for the model of the version and keep every other field', () => {
    const version = { tag: 'v1', model: 'text-embedding-3-small', upstream: 'search/blue' };
    const request = { model: 'search', input: ['a', 'b'], encoding_format: 'base64', dimensions: 8 };
    expect(preparedBody(openAiEmbeddings, request, version).body).toEqual({
      ...request,
      model: 'text-embedding-3-small',
    });
  });

  test('never stream, whatever the request says', () => {
    expect(openAiEmbeddings.isStream({ stream: true })).toBe(false);
  });

  test('need an input', () => {
    expect(missingField(openAiEmbeddings, { input: '' })).toBeUndefined();
    expect(missingField(openAiEmbeddings, {})).toBe('input');
  });

  test('have no text and no output', () => {
    const json = { model: 'm', data: [{ embedding: [1] }], usage: { prompt_tokens: 4, total_tokens: 4 } };
    expect(openAiEmbeddings.readAnswer(json)).toEqual({
      model: 'm',
      text: '',
      usage: { inputTokens: 4, outputTokens: 0, cachedInputTokens: 0 },
      finishReason: undefined,
    });
  });

  test('JSON without data is no answer', () => {
    for (const json of [undefined, null, [], {}, { data: 'text' }]) {
      expect(openAiEmbeddings.readAnswer(json)).toBeUndefined();
    }
  });
});
