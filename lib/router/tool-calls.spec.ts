import { describe, expect, test } from '@jest/globals';
import { anthropicMessages } from '../upstream/dialects/anthropic-messages.js';
import type { Dialect } from '../upstream/dialects/dialect.js';
import { DIALECTS } from '../upstream/dialects/dialects.js';
import { openAiChat } from '../upstream/dialects/openai-chat.js';
import { openAiResponses } from '../upstream/dialects/openai-responses.js';
import { ToolCallReader } from './tool-calls.js';

function ofAnswer(json: unknown, dialect: Dialect = openAiChat): readonly string[] {
  const reader = new ToolCallReader(dialect);
  reader.readAnswer(json);
  return reader.signatures;
}

function ofStream(dialect: Dialect, ...events: readonly unknown[]): readonly string[] {
  const reader = new ToolCallReader(dialect);
  for (const event of events) reader.readEvent(JSON.stringify(event));
  return reader.signatures;
}

const chatCall = (name: string, args: string) => ({ type: 'function', function: { name, arguments: args } });
const chatAnswer = (...calls: readonly unknown[]) => ({ choices: [{ message: { content: null, tool_calls: calls } }] });
const chatDelta = (index: number, call: object) => ({
  choices: [{ delta: { tool_calls: [{ index, function: call }] } }],
});

describe('The tool calls of an answer', () => {
  test('are told by name and argument keys, in whatever order they stand', () => {
    const [find, send] = [chatCall('find', '{"id":1,"by":"ada"}'), chatCall('send', '{"to":"x"}')];
    expect(ofAnswer(chatAnswer(send, find))).toEqual(['find(by,id)', 'send(to)']);
    expect(ofAnswer(chatAnswer(find, send))).toEqual(['find(by,id)', 'send(to)']);
  });

  test('with broken arguments say so', () => {
    expect(ofAnswer(chatAnswer(chatCall('find', '{"id":')))).toEqual(['find(not JSON)']);
    expect(ofAnswer(chatAnswer(chatCall('now', '')))).toEqual(['now()']);
  });

  test.each(DIALECTS)('are none where there are none, in $name', (dialect) => {
    expect(ofAnswer({ choices: [{ message: { content: 'hello' } }] }, dialect)).toEqual([]);
    expect(ofAnswer('no answer at all', dialect)).toEqual([]);
    expect(ofAnswer({ choices: [null], content: 'text', output: {} }, dialect)).toEqual([]);
  });

  test('of a chat stream are put together from their pieces', () => {
    expect(
      ofStream(
        openAiChat,
        chatDelta(0, { name: 'find', arguments: '' }),
        chatDelta(1, { name: 'send', arguments: '{"to' }),
        chatDelta(0, { arguments: '{"id":1}' }),
        chatDelta(1, { arguments: '":"x"}' }),
      ),
    ).toEqual(['find(id)', 'send(to)']);
  });

  test.each([
    ['without numbers', undefined],
    ['all under one number', 0],
  ])('of a chat stream %s are told apart by their ids', (_what, index) => {
    const delta = (call: object, id?: string) => ({
      choices: [{ delta: { tool_calls: [{ index, id, function: call }] } }],
    });
    expect(
      ofStream(
        openAiChat,
        delta({ name: 'find', arguments: '{"id"' }, 'call_1'),
        delta({ arguments: ':1}' }),
        delta({ name: 'send', arguments: '{"to"' }, 'call_2'),
        delta({ arguments: ':"x"' }, ''),
        delta({ arguments: '}' }, 'call_2'),
      ),
    ).toEqual(['find(id)', 'send(to)']);
  });

  test('of Anthropic are the same whole and streamed', () => {
    const content = [
      { type: 'text', text: 'Hm' },
      { type: 'tool_use', name: 'find', input: { id: 1 } },
    ];
    const whole = ofAnswer({ content }, anthropicMessages);
    const streamed = ofStream(
      anthropicMessages,
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'content_block_start', index: 1, content_block: { type: 'tool_use', name: 'find', input: {} } },
      { type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: '{"id"' } },
      { type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: ':1}' } },
    );
    expect(whole).toEqual(['find(id)']);
    expect(streamed).toEqual(whole);
  });

  test('of Anthropic are not mixed up with the input of a tool that the provider runs itself', () => {
    expect(
      ofStream(
        anthropicMessages,
        { type: 'content_block_start', index: 0, content_block: { type: 'server_tool_use', name: 'web', input: {} } },
        { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: '{"q":1}' } },
      ),
    ).toEqual([]);
  });

  test('of OpenAI responses are the same whole and streamed', () => {
    const item = { type: 'function_call', name: 'find', arguments: '{"id":1}' };
    expect(ofAnswer({ output: [{ type: 'message' }, item] }, openAiResponses)).toEqual(['find(id)']);
    expect(ofStream(openAiResponses, { type: 'response.output_item.done', output_index: 1, item })).toEqual([
      'find(id)',
    ]);
  });

  test('are held up to a number', () => {
    expect(ofAnswer(chatAnswer(...Array.from({ length: 500 }, (_, i) => chatCall(`t${i}`, '{}'))))).toHaveLength(128);
  });
});
