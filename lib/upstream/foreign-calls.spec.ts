import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../kit/json.js';
import { anthropicMessages } from './dialects/anthropic-messages.js';
import { openAiChat } from './dialects/openai-chat.js';
import { withForeignCalls } from './foreign-calls.js';
import { needsOf } from './model-needs.js';
import { providerOf, type ProviderName } from './providers.js';

const needsAt = (provider: ProviderName, model: string) => needsOf(providerOf(provider).needs, model);

const call = (id: string, more: JsonObject = {}) => ({ id, type: 'function', function: { name: 'f' }, ...more });
const signedBy = (thought_signature: string) => ({ extra_content: { google: { thought_signature } } });
const calling = (...tool_calls: JsonObject[]) => ({ role: 'assistant', content: null, tool_calls });
const user = { role: 'user', content: 'hi' };
const result = { role: 'tool', tool_call_id: 'c', content: 'r' };

const sent = (messages: readonly JsonObject[], model = 'gemini-3-pro-preview') =>
  withForeignCalls({ messages }, openAiChat, needsAt('google', model))['messages'];

describe('Gemini 3, in a turn that another model began,', () => {
  test('gets the signature that passes, for the first of calls made together', () => {
    expect(sent([user, calling(call('a'), call('b')), result])).toEqual([
      user,
      calling(call('a', signedBy('skip_thought_signature_validator')), call('b')),
      result,
    ]);
  });

  test.each([
    ['its own signature stays', [user, calling(call('a', signedBy('own'))), result]],
    ['an earlier turn stays as it is', [user, calling(call('a')), result, { role: 'assistant', content: 'r' }, user]],
  ])('%s', (_what, messages) => {
    expect(sent(messages)).toBe(messages);
  });

  test('and no other model of its gets one', () => {
    const messages = [user, calling(call('a')), result];
    expect(sent(messages, 'gemini-2.5-pro')).toBe(messages);
    expect(sent(messages, 'models/gemini-3-flash')).not.toBe(messages);
  });
});

const used = (id: string) => ({ type: 'tool_use', id, name: 'f', input: {} });

describe('Claude, in a turn that another model began,', () => {
  const thinking = { type: 'enabled', budget_tokens: 1_024 };
  const returned = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c', content: 'r' }] };
  const taken = (
    content: readonly JsonObject[],
    more: JsonObject = { thinking },
    after: readonly JsonObject[] = [],
  ) => {
    const messages = [user, { role: 'assistant', content }, returned, ...after];
    return withForeignCalls({ ...more, messages }, anthropicMessages, needsAt('anthropic', 'claude-sonnet-4-5'));
  };

  test('is not told to think: it would want the thoughts that led to the calls', () => {
    expect(taken([used('call_1')])).not.toHaveProperty('thinking');
    expect(taken([{ type: 'text', text: 'well' }, used('call_1')])).not.toHaveProperty('thinking');
  });

  test.each([
    ['calls of its own', [used('toolu_1')], { thinking }, []],
    ['thoughts', [{ type: 'thinking', thinking: 'hm', signature: 's' }, used('call_1')], { thinking }, []],
    ['adaptive thinking', [used('call_1')], { thinking: { type: 'adaptive' } }, []],
    ['a new question', [used('call_1')], { thinking }, [user]],
  ])('stays as asked with %s', (_what, content, more, after) => {
    expect(taken(content, more, after)).toMatchObject(more);
  });
});
