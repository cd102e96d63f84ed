import { describe, expect, test } from '@jest/globals';
import { preparedBody } from '../prepared-body.js';
import { missingField } from './dialect.js';
import { openAiResponses } from './openai-responses.js';

const VERSION = { tag: 'v1', model: 'gpt-4o', upstream: 'chat/blue' };

interface Event {
  readonly type: string;
  readonly [field: string]: unknown;
}

const usage = { input_tokens: 9, input_tokens_details: { cached_tokens: 3 }, output_tokens: 4 };
const says = (delta: string): Event => ({ type: 'response.output_text.delta', delta });
const ends = (type: string, more = {}): Event => ({ type, response: { model: 'gpt-4o-0806', usage, ...more } });
const item = (type: string): Event => ({ type: 'response.output_item.added', item: { type } });

function after(...events: readonly Event[]) {
  const reader = openAiResponses.readStream({ stream: true });
  for (const event of events) reader.read(JSON.stringify(event));
  return reader;
}
const read = (event: Event) => after().read(JSON.stringify(event));

describe('a request on its way to OpenAI responses', () => {
  test('asks for the model of the version and keeps fields that nobody here knows', () => {
    const request = { model: 'chat', input: 'Hi', text: { format: { type: 'json_object' } }, stream: true };
    const { body, hideUsage } = preparedBody(openAiResponses, request, VERSION);
    expect(body).toEqual({ ...request, model: 'gpt-4o' });
    expect(hideUsage).toBe(false);
  });

  test('may ask by a stored prompt alone', () => {
    expect(missingField(openAiResponses, { prompt: { id: 'p1' } })).toBeUndefined();
  });
});

describe('a whole answer', () => {
  const message = {
    type: 'message',
    content: [
      { type: 'output_text', text: 'Hi' },
      { type: 'refusal', refusal: 'no' },
    ],
  };

  test('gives the text of its messages, its usage with cached tokens, how it ended, and that it refuses', () => {
    const output = [{ type: 'reasoning', summary: [] }, message, { type: 'function_call', name: 'f' }];
    expect(openAiResponses.readAnswer({ model: 'm', output, usage, status: 'completed' })).toEqual({
      model: 'm',
      text: 'Hi',
      usage: { inputTokens: 9, outputTokens: 4, cachedInputTokens: 3 },
      finishReason: 'completed',
      refused: true,
    });
  });

  test('that was cut short says why', () => {
    const json = { output: [], status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } };
    expect(openAiResponses.readAnswer(json)?.finishReason).toBe('max_output_tokens');
  });

  test.each([
    ['rate_limit_exceeded', 'rate_limited'],
    ['invalid_prompt', 'content_filter'],
    ['server_error', 'server_error'],
  ] as const)('that has failed with %s is a failure (%s), whatever its HTTP status', (code, failure) => {
    const json = { output: [], status: 'failed', error: { code, message: 'no' } };
    expect(openAiResponses.readAnswer(json)?.failure).toBe(failure);
  });

  test('JSON without output is none', () => {
    for (const json of [undefined, null, [], {}, { output: 'text' }, { choices: [] }]) {
      expect(openAiResponses.readAnswer(json)).toBeUndefined();
    }
  });
});

describe('an event of a stream', () => {
  test.each([
    ['text', says('a')],
    ['arguments of a call', { type: 'response.function_call_arguments.delta', delta: '{' }],
    ['a refusal', { type: 'response.refusal.delta', delta: 'no' }],
    ['a thought', { type: 'response.reasoning_summary_text.delta', delta: 'hm' }],
    ['a part of an image', { type: 'response.image_generation_call.partial_image', partial_image_b64: 'x' }],
    ['the start of a call', item('function_call')],
  ])('with %s is content', (_what, event) => {
    expect(read(event).kind).toBe('content');
  });

  test.each([
    ['the start of a response', ends('response.created')],
    ['the start of a message', item('message')],
    ['an empty delta', says('')],
    ['a text that is done', { type: 'response.output_text.done', text: 'Hi' }],
  ])('with %s is meta', (_what, event) => {
    expect(read(event).kind).toBe('meta');
  });

  test('adds its text, and only text', () => {
    expect(read(says('a')).text).toBe('a');
    expect(read({ type: 'response.refusal.delta', delta: 'no' })).toMatchObject({ text: '', refused: true });
  });

  test('that cannot be read is malformed', () => {
    for (const data of ['', 'Hi', '[DONE]', '[]', '{}']) expect(after().read(data).kind).toBe('malformed');
  });

  test.each([
    ['as documented', { type: 'error', code: 'rate_limit_exceeded', message: 'no' }],
    ['in an envelope', { type: 'error', error: { code: 'rate_limit_exceeded' } }],
    ['in a failed response', ends('response.failed', { error: { code: 'rate_limit_exceeded' } })],
  ])('with an error %s is one', (_what, event) => {
    expect(read(event)).toMatchObject({ kind: 'error', failure: 'rate_limited' });
  });
});

describe('a stream', () => {
  test.each(['response.completed', 'response.incomplete'])('is complete at %s, and not before', (type) => {
    const reader = after(ends('response.created'), says('Hi'));
    expect(reader.complete).toBe(false);
    expect(reader.read(JSON.stringify(ends(type))).kind).toBe('end');
    expect(reader.complete).toBe(true);
  });

  test('says which model answered, what it used and how it ended', () => {
    const reader = after(ends('response.incomplete', { incomplete_details: { reason: 'content_filter' } }));
    expect(reader).toMatchObject({
      model: 'gpt-4o-0806',
      usage: { inputTokens: 9, outputTokens: 4, cachedInputTokens: 3 },
      finishReason: 'content_filter',
    });
  });
});

test('an error of ours is the documented event, with the envelope that the SDK looks for', () => {
  const error = { code: 'upstream_timeout', message: 'Too slow.', type: 'upstream_error', status: 504 };
  const { event, data } = openAiResponses.errorEvent(error);
  expect(event).toBe('error');
  expect(JSON.parse(data)).toMatchObject({
    type: 'error',
    code: 'upstream_timeout',
    message: 'Too slow.',
    error: { code: 'upstream_timeout', type: 'upstream_error' },
  });
});
