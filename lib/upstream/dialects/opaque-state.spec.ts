import { describe, expect, test } from '@jest/globals';
import { chatState } from './openai-chat/state.js';
import { messagesState } from './anthropic-messages/state.js';
import { responsesState } from './openai-responses/state.js';

const foreign = new Set(['x']);

describe('what another environment cannot read is left out', () => {
  test('of responses with the ids that refer to it', () => {
    const input = [
      { role: 'user', content: 'hi' },
      { type: 'reasoning', id: 'rs', summary: [], encrypted_content: 'x' },
      { type: 'function_call', id: 'fc', call_id: 'c', name: 'f', arguments: '{}' },
      { type: 'reasoning', id: 'rs2', summary: [], encrypted_content: 'mine' },
    ];
    expect(responsesState.without({ input }, foreign)).toEqual({
      input: [input[0], { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' }, input[3]],
    });
    expect(responsesState.without({ input: 'hi', previous_response_id: 'x' }, foreign)).toBeUndefined();
  });

  test('of messages with the order to think, in the turn that has lost its thoughts', () => {
    const thought = { type: 'thinking', thinking: 'hm', signature: 'x' };
    const call = { type: 'tool_use', id: 't', name: 'f', input: {} };
    const result = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: 'r' }] };
    const question = { role: 'user', content: 'hi' };
    const thinking = { type: 'enabled', budget_tokens: 1_024 };
    const inTurn = { thinking, messages: [question, { role: 'assistant', content: [thought, call] }, result] };
    expect(messagesState.without(inTurn, foreign)).toEqual({
      messages: [question, { role: 'assistant', content: [call] }, result],
    });
    const before = { thinking, messages: [...inTurn.messages, question] };
    expect(messagesState.without(before, foreign)).toMatchObject({ thinking });
  });

  test('of messages, but for the container that they go on in', () => {
    const messages = [{ role: 'user', content: 'hi' }];
    for (const container of ['x', { id: 'x', skills: [] }]) {
      const body = { container, messages };
      expect(messagesState.inRequest(body)).toEqual(['x']);
      expect(messagesState.without(body, foreign)).toBeUndefined();
      expect(messagesState.without(body, new Set(['other']))).toBe(body);
    }
    for (const answer of [{ container: { id: 'x' } }, { delta: { container: { id: 'x', expires_at: '' } } }]) {
      expect(messagesState.inAnswer(answer)).toEqual(['x']);
      expect(messagesState.mayHold.test(JSON.stringify(answer))).toBe(true);
    }
  });

  test('of chats with nothing else', () => {
    const call = { id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } };
    const signed = { ...call, extra_content: { google: { thought_signature: 'x' } } };
    const details = [{ type: 'reasoning.encrypted', data: 'x' }];
    const message = { role: 'assistant', content: 'a', tool_calls: [signed], reasoning_details: details };
    expect(chatState.inRequest({ messages: [message] })).toEqual(['x', 'x']);
    expect(chatState.without({ messages: [message] }, foreign)).toEqual({
      messages: [{ role: 'assistant', content: 'a', tool_calls: [call] }],
    });
  });

  test('and nothing changes where all can be read', () => {
    const body = { input: [{ type: 'reasoning', encrypted_content: 'mine' }] };
    expect(responsesState.without(body, foreign)).toBe(body);
  });
});

test('what only its maker can read is found in the order of the conversation: the last one tells whose it is', () => {
  const messages = [
    { role: 'assistant', reasoning_details: [{ type: 'reasoning.encrypted', data: 'first' }] },
    { role: 'user', content: 'And now?' },
    {
      role: 'assistant',
      tool_calls: [{ id: 'call_1', extra_content: { google: { thought_signature: 'second' } } }],
      reasoning_details: [{ type: 'reasoning.text', text: 'Hm.', signature: 'third' }],
    },
  ];
  expect(chatState.inRequest({ messages })).toEqual(['first', 'second', 'third']);
});
