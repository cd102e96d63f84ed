import { describe, expect, test } from '@jest/globals';
import { preparedBody } from '../prepared-body.js';
import { anthropicMessages } from './anthropic-messages.js';
import { missingField } from './dialect.js';

const VERSION = { tag: 'v1', model: 'claude-sonnet-4-5', upstream: 'chat/blue' };

interface Event {
  readonly type: string;
  readonly [field: string]: unknown;
}

const start: Event = {
  type: 'message_start',
  message: {
    model: 'claude-sonnet-4-5-20250929',
    usage: { input_tokens: 5, cache_read_input_tokens: 3, output_tokens: 1 },
  },
};
const blockStart = (index: number, content_block: unknown = { type: 'text', text: '' }): Event => ({
  type: 'content_block_start',
  index,
  content_block,
});
const delta = (value: unknown, index = 0): Event => ({ type: 'content_block_delta', index, delta: value });
const says = (text: string) => delta({ type: 'text_delta', text });
const blockStop = (index: number): Event => ({ type: 'content_block_stop', index });
const stops = (stop_reason: string): Event => ({
  type: 'message_delta',
  delta: { stop_reason },
  usage: { output_tokens: 9, input_tokens: null },
});
const end: Event = { type: 'message_stop' };

/** A reader that has read these events. */
function after(...events: readonly Event[]) {
  const reader = anthropicMessages.readStream({ stream: true });
  for (const event of events) reader.read(JSON.stringify(event));
  return reader;
}
const read = (event: Event) => after().read(JSON.stringify(event));

describe('a request on its way to Anthropic', () => {
  test('asks for the model of the version and keeps fields that nobody here knows', () => {
    const request = { model: 'chat', max_tokens: 5, messages: [], thinking: { type: 'adaptive' }, stream: true };
    const { body, hideUsage } = preparedBody(anthropicMessages, request, VERSION);
    expect(body).toEqual({ ...request, model: 'claude-sonnet-4-5' });
    expect(hideUsage).toBe(false);
  });

  test('needs messages', () => {
    expect(missingField(anthropicMessages, { messages: [] })).toBeUndefined();
    expect(missingField(anthropicMessages, { messages: 'Hi' })).toBe('messages');
  });
});

describe('a whole answer', () => {
  test('gives the text of its blocks, all of its input as usage, and why it stopped', () => {
    const content = [
      { type: 'thinking', thinking: 'hm' },
      { type: 'text', text: 'Hi' },
      { type: 'tool_use' },
      { type: 'text', text: '!' },
    ];
    const usage = { input_tokens: 5, cache_creation_input_tokens: 20, cache_read_input_tokens: 300, output_tokens: 4 };
    expect(anthropicMessages.readAnswer({ model: 'm', content, usage, stop_reason: 'tool_use' })).toEqual({
      model: 'm',
      text: 'Hi!',
      reasoning: 'hm',
      usage: { inputTokens: 325, outputTokens: 4, cachedInputTokens: 300, cacheWriteTokens: 20 },
      finishReason: 'tool_use',
    });
  });

  test('JSON without content is none', () => {
    for (const json of [undefined, null, [], {}, { content: 'text' }, { choices: [] }]) {
      expect(anthropicMessages.readAnswer(json)).toBeUndefined();
    }
  });
});

describe('an event of a stream', () => {
  test.each([
    ['text', says('a')],
    ['the input of a tool', delta({ type: 'input_json_delta', partial_json: '{' })],
    ['a thought', delta({ type: 'thinking_delta', thinking: 'hm' })],
    ['the start of a tool call', blockStart(0, { type: 'tool_use', name: 'f', input: {} })],
  ])('with %s is content', (_what, event) => {
    expect(read(event).kind).toBe('content');
  });

  test.each([
    ['a ping', { type: 'ping' }],
    ['the start of a message', start],
    ['the start of a text', blockStart(0)],
    ['a signature', delta({ type: 'signature_delta', signature: 'x' })],
    ['an event of a type to come', { type: 'message_pause' }],
  ])('with %s is meta', (_what, event) => {
    expect(read(event).kind).toBe('meta');
  });

  test('adds its text, and only text', () => {
    expect(read(says('a')).text).toBe('a');
    expect(read(delta({ type: 'input_json_delta', partial_json: '{' })).text).toBe('');
  });

  test('that cannot be read is malformed', () => {
    for (const data of ['', 'Hi', '[DONE]', '[]', '{}', '{"type":"content_block_delta"}']) {
      expect(after().read(data).kind).toBe('malformed');
    }
  });

  test.each([
    ['overloaded_error', 'server_error'],
    ['api_error', 'server_error'],
    ['rate_limit_error', 'rate_limited'],
    ['an_error_to_come', 'server_error'],
  ] as const)('with an error of type %s is a %s', (type, failure) => {
    expect(read({ type: 'error', error: { type, message: 'no' } })).toMatchObject({ kind: 'error', failure });
  });
});

describe('a stream', () => {
  const whole = [start, blockStart(0), says('Hi'), blockStop(0), stops('end_turn'), end];

  test('is complete at its closing event', () => {
    expect(read(end).kind).toBe('end');
    expect(after(start, stops('end_turn'), end).complete).toBe(true);
    expect(after(start, end).complete).toBe(false);
  });

  test('is complete without it when every block has stopped and there is a reason to stop', () => {
    expect(after(...whole.slice(0, -1)).complete).toBe(true);
    expect(after(start, blockStart(0), blockStart(1), blockStop(0), stops('end_turn')).complete).toBe(false);
  });

  test('is complete at no point before, wherever it is cut', () => {
    for (let length = 0; length <= whole.length - 2; length++) {
      expect(after(...whole.slice(0, length)).complete).toBe(false);
    }
  });

  test('says which model answered, why it stopped, and what it used in the end', () => {
    const { model, finishReason, usage } = after(...whole);
    expect({ model, finishReason }).toEqual({ model: 'claude-sonnet-4-5-20250929', finishReason: 'end_turn' });
    expect(usage).toEqual({ inputTokens: 8, outputTokens: 9, cachedInputTokens: 3 });
  });

  test('that breaks off has used what it said by then', () => {
    expect(after(start).usage).toEqual({ inputTokens: 8, outputTokens: 1, cachedInputTokens: 3 });
    expect(after().usage).toBeUndefined();
  });
});
