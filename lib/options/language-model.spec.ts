import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { describe, expect, test } from '@jest/globals';
import { OptionsError } from '../validation/validation-error.js';
import { providerOfObject } from './language-model.js';
import { parseOptions } from './parse-options.js';

const languageModel = createOpenAICompatible({ name: 'mistral', baseURL: 'http://h/v1' })('vendor-1');
const vectors = createOpenAICompatible({ name: 'mistral', baseURL: 'http://h/v1' }).embeddingModel('vendor-1');
const parsed = (environment: object) => () => parseOptions({ environments: { blue: { weight: 100, ...environment } } });

describe('options', () => {
  test('take a model object, and name the version after its model', () => {
    const { routes, upstreams } = parsed({ languageModel: languageModel })();
    expect(routes.get('default')?.definition.environments['blue']?.version).toMatchObject({ model: 'vendor-1' });
    expect(upstreams[0]).toMatchObject({ baseUrl: '', apiKey: false });
  });

  test.each<[string, object, RegExp]>([
    ['another object', { languageModel: { modelId: 'm' } }, /languageModel.*is not a language model of the AI SDK/s],
    [
      'an address beside it',
      { languageModel: languageModel, baseUrl: 'https://h/v1' },
      /baseUrl.*cannot stand beside languageModel/s,
    ],
    ['another object for vectors', { embeddingModel: languageModel }, /embeddingModel.*is not an embedding model/s],
    [
      'one for words and one for vectors',
      { languageModel, embeddingModel: vectors },
      /embeddingModel.*cannot stand beside languageModel.*a route of their own/s,
    ],
    ['neither a model nor an object', { baseUrl: 'https://h/v1', apiKey: 'k' }, /model.*is missing/s],
  ])('refuse %s', (_what, environment, message) => {
    expect(parsed(environment)).toThrow(OptionsError);
    expect(parsed(environment)).toThrow(message);
  });
});

test.each([
  ['anthropic.messages', 'anthropic'],
  ['openai.responses', 'openai'],
  ['google.generative-ai', 'google'],
  ['google.vertex.chat', 'vertex'],
  ['googleVertex.anthropic.messages', 'vertex'],
  ['amazon-bedrock', 'bedrock'],
  ['azure.chat', 'azure-openai'],
  ['somebody.chat', undefined],
])('%s is a model of %s', (provider, name) => {
  expect(providerOfObject({ ...languageModel, provider })).toBe(name);
});
