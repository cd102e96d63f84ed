import { describe, expect, test } from '@jest/globals';
import type { Asked } from '../asked.js';
import type { PromptMessage } from '../model.js';
import { thinkingOf } from './thinking.js';

const user: PromptMessage = { role: 'user', content: [{ type: 'text', text: 'hi' }] };
const call = { type: 'tool-call' as const, toolCallId: 'c', toolName: 't', input: {} };
const result: PromptMessage = {
  role: 'tool',
  content: [{ type: 'tool-result', toolCallId: 'c', toolName: 't', output: { type: 'text', value: 'r' } }],
};
const asked = (more: Partial<Asked>): Asked => ({ prompt: [user], thinking: { effort: 'low' }, ...more });
const signed = { type: 'reasoning' as const, text: 'hm', providerOptions: { anthropic: { signature: 's' } } };

describe('thinking at Anthropic', () => {
  test('has a budget of tokens, within the limit on output', () => {
    expect(thinkingOf(asked({})).thinking).toEqual({ type: 'enabled', budget_tokens: 2_048 });
    expect(thinkingOf(asked({ maxOutputTokens: 1_500 })).thinking).toEqual({ type: 'enabled', budget_tokens: 1_499 });
    expect(thinkingOf(asked({ thinking: { budget: 5_000 } })).thinking).toMatchObject({ budget_tokens: 5_000 });
  });

  test('is off where it is said to be, and nothing is said without a word of it', () => {
    expect(thinkingOf(asked({ thinking: { effort: 'none' } })).thinking).toEqual({ type: 'disabled' });
    expect(thinkingOf({ prompt: [user] })).toEqual({ isDropped: false });
  });

  test.each<[string, Partial<Asked>]>([
    ['too few tokens', { maxOutputTokens: 1_000 }],
    ['a tool that must be called', { toolChoice: { type: 'required' } }],
    ['a turn whose thoughts are not signed', { prompt: [user, { role: 'assistant', content: [call] }, result] }],
    ['the same, and words of the user', { prompt: [user, { role: 'assistant', content: [call] }, result, user] }],
  ])('is left out, and that is told, for %s', (_why, more) => {
    expect(thinkingOf(asked(more))).toEqual({ isDropped: true });
  });

  test('goes on in a turn that has its own thoughts', () => {
    const prompt: PromptMessage[] = [user, { role: 'assistant', content: [signed, call] }, result];
    expect(thinkingOf(asked({ prompt })).thinking).toMatchObject({ type: 'enabled' });
  });
});
