import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { answer, cutAfter, delayed, fail, hang } from './behaviours.js';
import { FakeUpstream } from './fake-upstream.js';

const USAGE = { inputTokens: 20, cachedInputTokens: 4, outputTokens: 3 };
const messages = [{ role: 'user' as const, content: 'Hi' }];

let upstream: FakeUpstream;
let openai: OpenAI;
let anthropic: Anthropic;

beforeAll(async () => {
  upstream = await FakeUpstream.start({ models: ['one', 'two'] });
  openai = new OpenAI({ baseURL: upstream.baseUrl, apiKey: 'key', maxRetries: 0 });
  anthropic = new Anthropic({ baseURL: upstream.baseUrl.replace('/v1', ''), apiKey: 'key', maxRetries: 0 });
});
beforeEach(() => upstream.reset());
afterAll(() => upstream.stop());

describe('the SDKs read its answers:', () => {
  beforeEach(() => {
    upstream.always(answer({ words: ['Good', ' day'], usage: USAGE }));
  });

  test('a chat, whole and streamed', async () => {
    const { choices, usage } = await openai.chat.completions.create({ model: 'one', messages });
    expect(choices[0]?.message.content).toBe('Good day');
    expect(usage).toEqual({ prompt_tokens: 20, completion_tokens: 3, prompt_tokens_details: { cached_tokens: 4 } });
    const stream = openai.chat.completions.stream({ model: 'one', messages });
    expect((await stream.finalChatCompletion()).choices[0]?.message.content).toBe('Good day');
  });

  test('a response, whole and streamed', async () => {
    expect((await openai.responses.create({ model: 'one', input: 'Hi' })).output_text).toBe('Good day');
    const streamed = await openai.responses.stream({ model: 'one', input: 'Hi' }).finalResponse();
    expect(streamed.usage).toMatchObject({ input_tokens: 20, output_tokens: 3 });
  });

  test('a message, whole and streamed', async () => {
    const asked = { model: 'one', max_tokens: 9, messages };
    const whole = await anthropic.messages.create(asked);
    expect(whole.content).toEqual([{ type: 'text', text: 'Good day' }]);
    expect(whole.usage).toMatchObject({ input_tokens: 16, cache_read_input_tokens: 4, output_tokens: 3 });
    expect(await anthropic.messages.stream(asked).finalText()).toBe('Good day');
  });

  test('an embedding', async () => {
    const { data } = await openai.embeddings.create({ model: 'one', input: 'Hi' });
    expect(data[0]?.embedding).toEqual([0.25, -0.5, 1]);
  });

  test('its models', async () => {
    expect((await openai.models.list()).data.map(({ id }) => id)).toEqual(['one', 'two']);
  });
});

const ask = () => openai.chat.completions.create({ model: 'one', messages });

describe('what goes wrong', () => {
  test('is an error as each of the SDKs knows it, once', async () => {
    upstream.next(fail(429, 'rate_limit_exceeded'), fail(529, 'overloaded_error'));
    await expect(ask()).rejects.toMatchObject({ status: 429, code: 'rate_limit_exceeded' });
    const message = anthropic.messages.create({ model: 'one', max_tokens: 9, messages });
    await expect(message).rejects.toMatchObject({ status: 529, type: 'overloaded_error' });
    expect((await ask()).choices[0]?.message.content).toBe('Hello there');
  });

  test('is a stream that breaks behind its first words', async () => {
    upstream.next(cutAfter('Good'));
    const stream = await openai.chat.completions.create({ model: 'one', messages, stream: true });
    let text = '';
    const reading = (async () => {
      for await (const { choices } of stream) text += choices[0]?.delta.content;
    })();
    await expect(reading).rejects.toThrow();
    expect(text).toBe('Good');
  });

  test('is silence, until the caller leaves', async () => {
    upstream.next(delayed(1, hang));
    const leaving = new AbortController();
    const asking = openai.chat.completions.create({ model: 'one', messages }, { signal: leaving.signal });
    setTimeout(() => leaving.abort(), 20);
    await expect(asking).rejects.toThrow();
    await upstream.calls[0]?.closed;
  });

  test('is a mistake in a behaviour, which is told and ends nothing', async () => {
    upstream.next(() => {
      throw new Error('no such field');
    });
    await expect(ask()).rejects.toThrow(/The fake upstream failed: Error: no such field/);
    upstream.next(() => Promise.reject(new Error('nor this one')));
    await expect(ask()).rejects.toThrow(/nor this one/);
  });

  test('is a body that is not JSON', async () => {
    const { status } = await fetch(`${upstream.baseUrl}/chat/completions`, { method: 'POST', body: '{' });
    expect(status).toBe(500);
    expect(upstream.calls).toEqual([]);
  });
});

test('a text is streamed word by word', async () => {
  upstream.next(answer('Your parcel is here.'));
  const stream = await openai.chat.completions.create({ model: 'one', messages, stream: true });
  const words = [];
  for await (const { choices } of stream) words.push(choices[0]?.delta.content);
  expect(words.filter(Boolean)).toEqual(['Your', ' parcel', ' is', ' here.']);
});
