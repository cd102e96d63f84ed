import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../kit/json.js';
import { asNeeded, inItsNames, needsOf, withoutThinking } from './model-needs.js';
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

describe('A model that cannot think', () => {
  const body = { input: [], reasoning: { effort: 'high' }, include: ['reasoning.encrypted_content'] };

  test.each(['gpt-4o', 'gpt-4.1-mini-2025-04-14', 'gpt-5-chat-latest'])(
    '%s is not told how, with a warning',
    (model) => {
      const needs = needsAt('openai', model);
      expect(withoutThinking(body, needs)).toEqual({ body: { input: [] }, dropped: ['reasoning', 'include'] });
      const chat = { messages: [], reasoning_effort: 'high' };
      expect(withoutThinking(chat, needs)).toEqual({ body: { messages: [] }, dropped: ['reasoning_effort'] });
    },
  );

  test.each(['gpt-5', 'gpt-5.2', 'o3', 'gpt-oss-120b'])('is not %s', (model) => {
    expect(withoutThinking(body, needsAt('openai', model))).toEqual({ body, dropped: [] });
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
