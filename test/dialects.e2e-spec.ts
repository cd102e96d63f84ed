import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import Anthropic, { RateLimitError } from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { Telemetry, type Observation } from 'nestjs-blue-green';
import {
  answerEmbedding,
  answerMessage,
  answerResponse,
  messageDelta,
  messageStart,
  responseDelta,
  responseStart,
} from './support/dialect-answers.js';
import { answer, begin, fail, FakeProvider, json, type Behaviour } from './support/fake-provider.js';
import { enter, WAYS, type Entrance } from './support/ways.js';

let green: FakeProvider;
let blue: FakeProvider;

beforeAll(async () => {
  [green, blue] = await Promise.all([FakeProvider.start(), FakeProvider.start()]);
});

beforeEach(() => {
  green.reset();
  blue.reset();
});

afterAll(() => Promise.all([green.stop(), blue.stop()]));

/** The first chunk, and that more came. */
async function streamed<Chunk>(stream: Promise<AsyncIterable<Chunk>>): Promise<Chunk> {
  const chunks: Chunk[] = [];
  for await (const chunk of await stream) chunks.push(chunk);
  expect(chunks.length).toBeGreaterThan(1);
  return chunks[0]!;
}

/** Stops in the middle of a sentence and hangs up. */
function cutAfter(...events: string[]): Behaviour {
  return (_request, response) => {
    begin(response);
    for (const event of events) response.write(event);
    response.write('', () => response.destroy());
  };
}

describe.each(WAYS)('through %s', (way) => {
  let entrance: Entrance;
  let openai: OpenAI;
  let anthropic: Anthropic;

  beforeAll(async () => {
    entrance = await enter(way, {
      environments: {
        green: { model: 'green-1', baseUrl: green.baseUrl, apiKey: 'green-key', weight: 100 },
        blue: { model: 'blue-1', baseUrl: blue.baseUrl, apiKey: 'blue-key' },
      },
      fallback: ['blue'],
    });
    openai = new OpenAI({ ...entrance, baseURL: `${entrance.origin}/v1` });
    anthropic = new Anthropic({ ...entrance, baseURL: entrance.origin });
  });

  afterAll(() => entrance.app.close());

  describe('a green that answers 500 is rescued by blue', () => {
    const messages = [{ role: 'user' as const, content: 'Hi' }];
    const request = { model: 'chat', max_tokens: 9, messages };
    const calls: [string, Behaviour, () => Promise<{ model?: string }>][] = [
      ['a chat', answer(), () => openai.chat.completions.create(request)],
      ['a streamed chat', answer(), () => streamed(openai.chat.completions.create({ ...request, stream: true }))],
      ['a response', answerResponse, () => openai.responses.create({ model: 'chat', input: 'Hi' })],
      [
        'a streamed response',
        answerResponse,
        () => openai.responses.stream({ model: 'chat', input: 'Hi' }).finalResponse(),
      ],
      ['an embedding', answerEmbedding([0.5]), () => openai.embeddings.create({ model: 'chat', input: 'Hi' })],
      ['a message', answerMessage, () => anthropic.messages.create(request)],
      ['a streamed message', answerMessage, () => anthropic.messages.stream(request).finalMessage()],
    ];

    test.each(calls)('in %s', async (_what, behaviour, call) => {
      green.always(fail(500));
      blue.always(behaviour);
      expect(await call()).toMatchObject({ model: 'chat' });
      expect(blue.calls.map(({ body }) => body['model'])).toEqual(['blue-1']);
      expect(green.calls).toHaveLength(2);
      expect(blue.calls).toHaveLength(1);
    });
  });

  test('embeddings arrive in the encoding that the SDK asked for by itself', async () => {
    green.always(answerEmbedding([0.25, -0.5]));
    const { data } = await openai.embeddings.create({ model: 'chat', input: 'Hi' });
    expect(green.calls[0]?.body).toMatchObject({ model: 'green-1', encoding_format: 'base64' });
    expect(data[0]?.embedding).toEqual([0.25, -0.5]);
  });

  test("a message goes out with the environment's key as Anthropic wants it, and never with the caller's", async () => {
    green.always(answerMessage);
    const headersOfCaller = { 'anthropic-version': '2026-10-21', 'anthropic-beta': 'files-api-2025-04-14' };
    await anthropic.messages.create({ model: 'chat', max_tokens: 9, messages: [] }, { headers: headersOfCaller });
    const { headers, path } = green.calls[0]!;
    expect(path).toBe('/v1/messages');
    expect(headers).toMatchObject({
      'x-api-key': 'green-key',
      ...headersOfCaller,
    });
    expect(JSON.stringify(headers)).not.toContain(entrance.apiKey);
  });

  test('a message counts all of its input, read from the cache or written to it', async () => {
    green.always(answerMessage);
    const seen = nextObservation();
    await anthropic.messages.stream({ model: 'chat', max_tokens: 9, messages: [] }).finalMessage();
    expect((await seen).usage).toEqual({ inputTokens: 10, outputTokens: 2, cachedInputTokens: 3 });
  });

  describe('a stream that breaks behind its first chunk is an error in', () => {
    test('a response', async () => {
      green.always(cutAfter(responseStart('green-1'), responseDelta('Hello')));
      const stream = openai.responses.create({ model: 'chat', input: 'Hi', stream: true });
      await expect(streamed(stream)).rejects.toMatchObject({ code: 'upstream_network' });
    });

    test('a message', async () => {
      green.always(cutAfter(messageStart('green-1'), messageDelta('Hello')));
      const stream = anthropic.messages.create({ model: 'chat', max_tokens: 9, messages: [], stream: true });
      const error = { type: 'error', error: { type: 'api_error', code: 'upstream_network' } };
      await expect(streamed(stream)).rejects.toMatchObject({ error });
    });
  });

  test("Anthropic's SDK raises its own error when nobody can answer, and does not try again", async () => {
    for (const provider of [green, blue]) provider.always(fail(429));
    const call = anthropic.messages.create({ model: 'chat', max_tokens: 9, messages: [] });
    await expect(call).rejects.toBeInstanceOf(RateLimitError);
    await expect(call).rejects.toMatchObject({ error: { type: 'error', error: { code: 'upstream_rate_limited' } } });
    expect(green.calls).toHaveLength(2);
  });

  test("a mistake of the caller is told in the provider's own words", async () => {
    const body = { type: 'error', error: { type: 'invalid_request_error', message: 'max_tokens: too large' } };
    green.always((_request, response) => json(response, 400, body));
    const call = anthropic.messages.create({ model: 'chat', max_tokens: 9, messages: [] });
    await expect(call).rejects.toMatchObject({ status: 400, error: body });
    expect(blue.calls).toHaveLength(0);
  });

  function nextObservation(): Promise<Observation> {
    return new Promise((resolve) => {
      const stop = entrance.app.get(Telemetry).onObservation((observation) => {
        stop();
        resolve(observation);
      });
    });
  }
});
