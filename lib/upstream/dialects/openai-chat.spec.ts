import { describe, expect, test } from '@jest/globals';
import { preparedBody } from '../prepared-body.js';
import { openAiChat } from './openai-chat.js';

const VERSION = { tag: 'v1', model: 'gpt-4o', upstream: 'chat/blue' };
const prepare = (body: Record<string, unknown>) => preparedBody(openAiChat, body, VERSION);

interface Choice {
  readonly index?: number;
  readonly delta?: unknown;
  readonly finish_reason?: string | null;
}

const chunk = (choices: readonly Choice[], more = {}) => JSON.stringify({ model: 'gpt-4o-0806', choices, ...more });
const says = (content: string, index = 0) => chunk([{ index, delta: { content }, finish_reason: null }]);
const stops = (index = 0, finish_reason = 'stop') => chunk([{ index, delta: {}, finish_reason }]);

function reader(body: Record<string, unknown> = { stream: true }) {
  return openAiChat.readStream(body);
}

describe('a request on its way to OpenAI chat', () => {
  test('asks for the model of the version, whatever the caller wrote', () => {
    expect(prepare({ model: 'chat', messages: [] }).body).toEqual({ model: 'gpt-4o', messages: [] });
  });

  test('keeps fields that nobody here knows', () => {
    expect(prepare({ messages: [], reasoning: { effort: 'low' } }).body).toMatchObject({
      reasoning: { effort: 'low' },
    });
  });

  test('a stream always asks for its usage, and hides it from callers that did not', () => {
    const { body, hideUsage } = prepare({ stream: true, stream_options: { include_obfuscation: false } });
    expect(body['stream_options']).toEqual({ include_obfuscation: false, include_usage: true });
    expect(hideUsage).toBe(true);
  });

  test('a caller that asked for the usage sees it', () => {
    expect(prepare({ stream: true, stream_options: { include_usage: true } }).hideUsage).toBe(false);
  });

  test('does not change the body it was given', () => {
    const body = Object.freeze({ model: 'chat', stream: true, stream_options: Object.freeze({}) });
    prepare(body);
    expect(body).toEqual({ model: 'chat', stream: true, stream_options: {} });
  });
});

describe('a whole answer', () => {
  test('gives its text, its usage with cached tokens, and why it stopped', () => {
    const usage = { prompt_tokens: 9, completion_tokens: 4, prompt_tokens_details: { cached_tokens: 3 } };
    const choices = [{ index: 0, message: { content: 'Hi' }, finish_reason: 'length' }];
    expect(openAiChat.readAnswer({ model: 'm', choices, usage })).toEqual({
      model: 'm',
      text: 'Hi',
      usage: { inputTokens: 9, outputTokens: 4, cachedInputTokens: 3 },
      finishReason: 'length',
    });
  });

  test('says when it is a refusal', () => {
    const choices = [{ message: { content: null, refusal: 'I would rather not.' }, finish_reason: 'stop' }];
    expect(openAiChat.readAnswer({ choices })).toMatchObject({ text: '', refused: true });
    expect(reader().read(chunk([{ delta: { refusal: 'I' } }]))).toMatchObject({ refused: true });
    expect(reader().read(chunk([{ delta: { role: 'assistant', refusal: null } }]))).not.toHaveProperty('refused');
  });

  test('without text, as with a tool call, is an answer still', () => {
    const choices = [{ message: { content: null, tool_calls: [{}] }, finish_reason: 'tool_calls' }];
    expect(openAiChat.readAnswer({ choices })).toMatchObject({ text: '', finishReason: 'tool_calls' });
  });

  test('JSON without choices is none', () => {
    for (const json of [undefined, null, [], {}, { choices: {} }, 'text']) {
      expect(openAiChat.readAnswer(json)).toBeUndefined();
    }
  });
});

describe('an event of a stream', () => {
  test.each([
    ['text', { content: 'a' }],
    ['a tool call', { tool_calls: [{ index: 0, function: { name: 'f' } }] }],
    ['a refusal', { refusal: 'no' }],
    ['reasoning', { reasoning_content: 'hm' }],
  ])('with %s is content', (_what, delta) => {
    expect(reader().read(chunk([{ index: 0, delta }])).kind).toBe('content');
  });

  test.each([
    ['the role alone', { role: 'assistant', content: '' }],
    ['an empty list of tool calls', { tool_calls: [] }],
    ['nothing', {}],
  ])('with %s is not what the user waits for', (_what, delta) => {
    expect(reader().read(chunk([{ index: 0, delta }])).kind).toBe('meta');
  });

  test('with tokens alone is usage', () => {
    const stream = reader();
    const usage = { prompt_tokens: 5, completion_tokens: 2 };
    expect(stream.read(chunk([], { usage })).kind).toBe('usage');
    expect(stream.usage).toEqual({ inputTokens: 5, outputTokens: 2, cachedInputTokens: 0 });
  });

  test('of another choice than the first is content, and its text is nobody’s', () => {
    const stream = reader({ stream: true, n: 2 });
    expect(stream.read(says('a', 0))).toEqual({ kind: 'content', text: 'a' });
    expect(stream.read(says('b', 1))).toEqual({ kind: 'content', text: '' });
    stream.read(stops(1, 'length'));
    stream.read(stops(0, 'stop'));
    expect(stream.finishReason).toBe('stop');
  });

  test('that cannot be read is malformed and changes nothing', () => {
    const stream = reader();
    for (const data of ['{"choi', '', '[]', '7', '{}', '{"choices":{}}']) {
      expect(stream.read(data).kind).toBe('malformed');
    }
    expect(stream.complete).toBe(false);
  });

  test('with an error says of which class', () => {
    expect(reader().read('{"error":{"message":"overloaded"}}')).toMatchObject({
      kind: 'error',
      failure: 'server_error',
    });
    expect(reader().read('{"error":{"code":"content_filter"}}')).toMatchObject({
      kind: 'error',
      failure: 'content_filter',
    });
    expect(reader().read('{"error":{"code":"constructor"}}')).toMatchObject({ kind: 'error', failure: 'server_error' });
  });

  test('with "error": null is a chunk like others', () => {
    expect(reader().read(chunk([{ delta: { content: 'a' } }], { error: null })).kind).toBe('content');
  });
});

describe('a stream is whole', () => {
  test('with [DONE] after a reason to stop, not with [DONE] alone', () => {
    const stream = reader({ stream: true, n: 2 });
    stream.read(says('a'));
    expect(stream.read('[DONE]').kind).toBe('end');
    expect(stream.complete).toBe(false);
    stream.read(stops(0, 'stop'));
    expect(stream.complete).toBe(true);
    expect(reader().read('[DONE] ').kind).toBe('end');
  });

  test('without [DONE], when it said why it stopped', () => {
    const stream = reader();
    stream.read(says('a'));
    stream.read(stops(0, 'length'));
    expect(stream.complete).toBe(true);
    expect(stream.finishReason).toBe('length');
  });

  test('not before each of its choices has stopped', () => {
    const stream = reader({ stream: true, n: 2 });
    stream.read(says('a', 0));
    stream.read(says('b', 1));
    stream.read(stops(1));
    expect(stream.complete).toBe(false);
    stream.read(stops(0));
    expect(stream.complete).toBe(true);
  });

  test('not while one of the choices that were asked for has not begun', () => {
    const stream = reader({ stream: true, n: 2 });
    stream.read(says('a', 0));
    stream.read(stops(0));
    expect(stream.complete).toBe(false);
  });

  test('not by an empty reason to stop, which some providers send with every chunk', () => {
    const stream = reader();
    stream.read(chunk([{ index: 0, delta: { content: 'a' }, finish_reason: '' }]));
    expect(stream.complete).toBe(false);
    expect(stream.finishReason).toBeUndefined();
  });
});
