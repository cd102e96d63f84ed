import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../kit/json.js';
import { Translation, type Translated } from './translation.js';

const OTHERS = ['openai-chat', 'openai-responses'] as const;

/** Requests of Claude Code 2.1, shortened. It asks for a title first, then works. */
const metadata = {
  user_id: JSON.stringify({ device_id: 'a4e1c9eb'.repeat(8), account_uuid: '', session_id: '2128174c-aaba' }),
};
const bash = {
  name: 'Bash',
  description: 'Runs a command.',
  input_schema: { type: 'object', properties: { command: { type: 'string' }, timeout: { type: 'number' } } },
};
const title: JsonObject = {
  model: 'chat',
  messages: [{ role: 'user', content: [{ type: 'text', text: '<session>\nHi\n</session>' }] }],
  system: [{ type: 'text', text: 'Generate a title.' }],
  tools: [],
  metadata,
  max_tokens: 32_000,
  output_config: { effort: 'high', format: { type: 'json_schema', schema: { type: 'object' } } },
  stream: true,
};
const working = (...turns: readonly JsonObject[]): JsonObject => ({
  model: 'chat',
  messages: [
    { role: 'user', content: [{ type: 'text', text: 'Look.', cache_control: { type: 'ephemeral' } }] },
    { role: 'system', content: 'Available agent types' },
    ...turns,
  ],
  system: [{ type: 'text', text: 'You are an agent.', cache_control: { type: 'ephemeral' } }],
  tools: [bash],
  metadata,
  max_tokens: 32_000,
  thinking: { type: 'adaptive' },
  context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
  output_config: { effort: 'high' },
  stream: true,
});

const sent = (to: Translated, body: JsonObject) => new Translation('anthropic-messages', to).request(body, true).body;

describe.each(OTHERS)('Claude Code in front of %s', (to) => {
  test('names its user in no more letters than OpenAI takes, and always alike', () => {
    const [first, second] = [sent(to, title)['user'], sent(to, working())['user']];
    expect(first).toMatch(/^[\w-]{10,64}$/);
    expect(second).toBe(first);
    const other = { ...title, metadata: { user_id: `${metadata.user_id} ` } };
    expect(sent(to, other)['user']).not.toBe(first);
    expect(sent(to, { ...title, metadata: { user_id: 'ada' } })['user']).toBe('ada');
  });
});

describe('thoughts of a model that signs none', () => {
  const answer = {
    choices: [{ message: { role: 'assistant', reasoning_content: 'hm', content: 'Hi' }, finish_reason: 'stop' }],
  };
  const context = { id: 'x', created: 1, model: 'm', body: {} };

  test('have a mark in messages, by which others can tell that they are not theirs', () => {
    const translation = new Translation('anthropic-messages', 'openai-chat');
    const { content } = translation.answer(answer, context) as { content: JsonObject[] };
    expect(content[0]).toMatchObject({ type: 'thinking', thinking: 'hm', signature: expect.stringMatching(/./) });
    const { body } = translation.request(working({ role: 'assistant', content }), true);
    expect(body['messages']).toContainEqual({ role: 'assistant', content: 'Hi' });
  });

  const call = { id: 'c1', type: 'function', function: { name: 'Bash', arguments: '{"command":"ls"}' } };
  const calling = {
    choices: [
      { message: { role: 'assistant', reasoning_content: 'hm', tool_calls: [call] }, finish_reason: 'tool_calls' },
    ],
  };
  const sentBack = { role: 'assistant', content: null, reasoning_content: 'hm', tool_calls: [call] };

  test('go back to it with the calls that they led to, from messages', () => {
    const translation = new Translation('anthropic-messages', 'openai-chat');
    const { content } = translation.answer(calling, context) as { content: JsonObject[] };
    const result = { type: 'tool_result', tool_use_id: 'c1', content: 'a.txt' };
    const turns = [
      { role: 'assistant', content },
      { role: 'user', content: [result] },
    ];
    const { body, dropped } = translation.request(working(...turns), true);
    expect(body['messages']).toContainEqual(sentBack);
    expect(dropped).not.toContain('thinking');
  });

  test('go back to it with the calls that they led to, from responses', () => {
    const translation = new Translation('openai-responses', 'openai-chat');
    const { output } = translation.answer(calling, context) as { output: JsonObject[] };
    const result = { type: 'function_call_output', call_id: 'c1', output: 'a.txt' };
    const { body } = translation.request({ input: [{ role: 'user', content: 'Hi' }, ...output, result] }, true);
    expect(body['messages']).toContainEqual(sentBack);
  });

  test('of another vendor do not', () => {
    const signed = { type: 'thinking', thinking: 'hm', signature: 'EqQB' };
    const use = { type: 'tool_use', id: 'c1', name: 'Bash', input: { command: 'ls' } };
    const turn = working({ role: 'assistant', content: [signed, use] });
    const { body, dropped } = new Translation('anthropic-messages', 'openai-chat').request(turn, true);
    expect(JSON.stringify(body)).not.toContain('reasoning_content');
    expect(dropped).toContain('thinking');
  });

  test('have one in responses', () => {
    const translation = new Translation('openai-responses', 'openai-chat');
    const { output } = translation.answer(answer, context) as { output: JsonObject[] };
    expect(output[0]).toMatchObject({ type: 'reasoning', encrypted_content: expect.stringMatching(/./) });
    const { body } = translation.request({ input: [{ role: 'user', content: 'Hi' }, ...output] }, true);
    expect(body['messages']).toHaveLength(2);
  });
});

describe('towards responses', () => {
  test('arguments that may be left out stay so', () => {
    expect(sent('openai-responses', working())['tools']).toEqual([
      expect.objectContaining({ name: 'Bash', strict: false }),
    ]);
    const strict = { ...working(), tools: [{ ...bash, strict: true }] };
    expect(sent('openai-responses', strict)['tools']).toEqual([expect.objectContaining({ strict: true })]);
  });

  test('a limit below the least that is taken there is raised, and a warning says so', () => {
    const { body, dropped } = new Translation('anthropic-messages', 'openai-responses').request(
      { ...title, max_tokens: 1 },
      false,
    );
    expect(body['max_output_tokens']).toBe(16);
    expect(dropped).toContain('max_tokens');
  });
});
