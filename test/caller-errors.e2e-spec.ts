import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI, { RateLimitError } from 'openai';
import { begin, fail, FakeProvider, type Behaviour } from './support/fake-provider.js';
import { messageDelta, messageStart, responseDelta, responseStart } from './support/dialect-answers.js';
import { enter, WAYS, type Entrance } from './support/ways.js';

const messages = [{ role: 'user' as const, content: 'Hi' }];

/** A stream that sends this and ends, or breaks. */
function streams(text: string, cut = false): Behaviour {
  return async (_request, response) => {
    begin(response);
    await new Promise((resolve) => response.write(text, resolve));
    if (cut) response.destroy();
    else response.end();
  };
}

const sse = (type: string, data: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;

let provider: FakeProvider;
beforeAll(async () => (provider = await FakeProvider.start()));
afterAll(() => provider.stop());

describe.each(WAYS)('an error on its way to the caller, through %s,', (way) => {
  let entrance: Entrance;
  let openai: OpenAI;
  let anthropic: Anthropic;

  beforeAll(async () => {
    const blue = { model: 'blue-1', baseUrl: provider.baseUrl, apiKey: 'sk-our-secret-key', weight: 100 };
    entrance = await enter(way, { environments: { blue } });
    openai = new OpenAI({ ...entrance, baseURL: `${entrance.origin}/v1`, maxRetries: 0 });
    anthropic = new Anthropic({ ...entrance, baseURL: entrance.origin, maxRetries: 0 });
  });
  beforeEach(() => provider.reset());
  afterAll(() => entrance.app.close());

  async function responseEvents(text: string, cut = false): Promise<{ [field: string]: unknown }[]> {
    provider.always(streams(text, cut));
    const stream = await openai.responses.create({ model: 'chat', input: 'Hi', stream: true }).asResponse();
    const lines = (await stream.text()).split('\n').filter((line) => line.startsWith('data: '));
    return lines.map((line) => JSON.parse(line.slice(6)) as { [field: string]: unknown });
  }

  test('a response that fails ends in its own words', async () => {
    const error = { code: 'context_length_exceeded', message: 'Your input exceeds the context window' };
    const failed = { id: 'r1', object: 'response', status: 'failed', model: 'blue-1', error, output: [] };
    const end = sse('response.failed', { sequence_number: 7, response: failed });
    const events = await responseEvents(responseStart('blue-1') + responseDelta('Hel') + end);
    expect(events.at(-1)).toMatchObject({
      type: 'response.failed',
      sequence_number: 7,
      response: { id: 'r1', status: 'failed', model: 'chat', error },
      error,
    });
  });

  test('a response that is cut off ends as failed, with the next number', async () => {
    const start = sse('response.created', {
      sequence_number: 0,
      response: { id: 'r2', object: 'response', model: 'blue-1', status: 'in_progress', instructions: 'long' },
    });
    const delta = sse('response.output_text.delta', { sequence_number: 4, item_id: 'm', delta: 'Hel' });
    const events = await responseEvents(start + delta, true);
    expect(events.at(-1)).toMatchObject({
      type: 'response.failed',
      sequence_number: 5,
      response: { id: 'r2', status: 'failed', model: 'chat', error: { code: 'upstream_network' } },
    });
    expect(JSON.stringify(events.at(-1))).not.toContain('long');
  });

  test("is raised by OpenAI's SDK", async () => {
    provider.always(streams(responseStart('m') + responseDelta('Hel'), true));
    const stream = await openai.responses.create({ model: 'chat', input: 'Hi', stream: true });
    const reading = (async () => {
      for await (const event of stream) expect(event.type).not.toBe('response.failed');
    })();
    await expect(reading).rejects.toMatchObject({ code: 'upstream_network' });
  });

  test('words that quote our key stay inside', async () => {
    const error = { code: 'server_error', message: 'no such key: sk-our-secret-key' };
    const end = sse('response.failed', { response: { status: 'failed', error } });
    const events = await responseEvents(responseStart('m') + responseDelta('Hel') + end);
    expect(events.at(-1)).toMatchObject({ type: 'response.failed', error: { code: 'upstream_server_error' } });
    expect(JSON.stringify(events)).not.toContain('sk-our');
  });

  test('an overloaded provider of messages is overloaded in mid-stream', async () => {
    const error = { type: 'overloaded_error', message: 'Overloaded' };
    const begun =
      messageStart('m') +
      sse('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }) +
      messageDelta('Hel');
    provider.always(streams(begun + sse('error', { error })));
    const stream = await anthropic.messages.create({ model: 'chat', max_tokens: 9, messages, stream: true });
    const reading = (async () => {
      for await (const event of stream) expect(event.type).toBeDefined();
    })();
    await expect(reading).rejects.toMatchObject({ error: { error } });
  });

  test('and before the stream has begun', async () => {
    provider.always(fail(529, 'overloaded_error'));
    const call = anthropic.messages.create({ model: 'chat', max_tokens: 9, messages });
    await expect(call).rejects.toMatchObject({ status: 529, error: { error: { type: 'overloaded_error' } } });
  });

  test('a rate limit that ends is for the client to wait out', async () => {
    provider.always(fail(429, 'rate_limit_exceeded', { 'retry-after': '60' }));
    const error: unknown = await openai.chat.completions.create({ model: 'chat', messages }).catch((e: unknown) => e);
    if (!(error instanceof RateLimitError)) throw error;
    expect(error.headers.get('retry-after')).toBe('60');
    expect(error.headers.has('x-should-retry')).toBe(false);
  });

  test('one that does not say when it ends is not asked again', async () => {
    provider.always(fail(429, 'rate_limit_exceeded'));
    const error: unknown = await openai.chat.completions.create({ model: 'chat', messages }).catch((e: unknown) => e);
    if (!(error instanceof RateLimitError)) throw error;
    expect(error.headers.get('x-should-retry')).toBe('false');
  });
});
