import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../kit/json.js';
import { asNeeded, inItsNames, needsOf } from './model-needs.js';
import { providerOf, type ProviderName } from './providers.js';

const needsAt = (provider: ProviderName, model: string) => needsOf(providerOf(provider).needs, model);
const taken = (provider: ProviderName, model: string, body: JsonObject) => asNeeded(body, needsAt(provider, model));

describe('A model that always thinks', () => {
  test.each(['o3', 'o4-mini', 'gpt-5', 'gpt-5-mini-2025-08-07'])('%s refuses a temperature by its name', (model) => {
    expect(() => taken('openai', model, { temperature: 0.2 })).toThrow('"temperature" cannot be carried over');
    expect(taken('openai', model, { temperature: 1, max_tokens: 9 })).toEqual({
      temperature: 1,
      max_completion_tokens: 9,
    });
  });

  test.each(['gpt-4o', 'gpt-5-chat-latest', 'gpt-5.2'])('is not %s', (model) => {
    const body = { temperature: 0.2, max_tokens: 9 };
    expect(taken('openai', model, body)).toEqual(body);
    expect(inItsNames(body, needsAt('openai', model))).toBe(body);
  });
});

describe('A model that takes one sampler', () => {
  const both = { temperature: 0.2, top_p: 0.9 };

  test('refuses the second, unless one of them says nothing', () => {
    expect(() => taken('anthropic', 'claude-sonnet-4-5', both)).toThrow('"top_p" cannot be carried over');
    expect(taken('anthropic', 'claude-sonnet-4-5', { ...both, top_p: 1 })).toEqual({ temperature: 0.2 });
    expect(taken('anthropic', 'claude-sonnet-4-20250514', both)).toEqual(both);
  });
});
