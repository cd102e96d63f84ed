import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import Anthropic from '@anthropic-ai/sdk';
import type OpenAI from 'openai';
import { APIError } from 'openai';
import { ADAPTERS } from './support/app.js';
import { FakeClock } from './support/fake-clock.js';
import { hang } from '../lib/testing/behaviours.js';
import { begin, chunk, finish, type Behaviour } from './support/fake-provider.js';
import { KEY, sdkFor, startGateway } from './support/gateway.js';
import { Stage, urlOf } from './support/stage.js';

const SILENCE = 15_000;
const messages = [{ role: 'user' as const, content: 'Hi' }];
const COMMENT = ': keep-alive\n\n';

/** A provider that takes the request, and does nothing until it is told to. */
function thinking(then: Behaviour, first = ': PROCESSING\n\n') {
  let [onBegun, tell] = [(): void => {}, (): void => {}];
  const begun = new Promise<void>((resolve) => (onBegun = resolve));
  const told = new Promise<void>((resolve) => (tell = resolve));
  const behaviour: Behaviour = async (request, response) => {
    begin(response);
    await new Promise((resolve) => response.write(first, resolve));
    onBegun();
    await told;
    await then(request, response);
  };
  return { behaviour, begun, tell };
}

const answers: Behaviour = (_request, response) => {
  response.end(`${chunk('m', 'Well')}${finish('m')}data: [DONE]\n\n`);
};
const breaks: Behaviour = (_request, response) => {
  response.destroy();
};

describe.each(ADAPTERS)('a stream that is silent for long, on %s,', (adapter) => {
  let stage: Stage;
  let clock: FakeClock;
  let openai: OpenAI;
  let url: string;

  beforeEach(async () => {
    stage = await Stage.open();
    clock = FakeClock.running();
    const app = await startGateway(stage, adapter, { clock });
    openai = sdkFor(app, { maxRetries: 0 });
    url = urlOf(app);
  });
  afterEach(() => stage.close());

  const post = (path = '/v1/chat/completions', body: object = { model: 'chat', messages, stream: true }) =>
    fetch(`${url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  /** Until the gateway waits with a keep-alive in mind; then its time is up. */
  const silence = async () => {
    await clock.shortestTimer(SILENCE);
    clock.advance(SILENCE);
  };

  /** The text that the SDK reads of a stream which was silent first. */
  const textAfterSilence = async (provider: ReturnType<typeof thinking>): Promise<string> => {
    const asked = openai.chat.completions.create({ model: 'chat', messages, stream: true });
    await provider.begun;
    await silence();
    const stream = await asked;
    provider.tell();
    let text = '';
    for await (const { choices } of stream) text += choices[0]?.delta.content ?? '';
    return text;
  };

  test('begins without content, and keeps the line open with comments', async () => {
    const provider = thinking(answers);
    stage.provider.always(provider.behaviour);
    const asked = post();
    await provider.begun;
    await silence();
    const response = await asked;
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
    expect(response.headers.get('x-request-id')).not.toBeNull();
    await silence();
    provider.tell();
    const text = await response.text();
    expect(text.startsWith(COMMENT + COMMENT + 'data: {')).toBe(true);
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
  });

  test('is read by the SDK as any other', async () => {
    const provider = thinking(answers);
    stage.provider.always(provider.behaviour);
    expect(await textAfterSilence(provider)).toBe('Well');
  });

  test('is rescued unseen as long as it has no content', async () => {
    const provider = thinking(breaks);
    stage.provider.next(provider.behaviour).always(thinkingNoMore);
    expect(await textAfterSilence(provider)).toBe('Well');
    expect(stage.provider.calls.length).toBeGreaterThan(1);
  });

  test('that nobody can save ends in an error that the SDKs raise', async () => {
    const provider = thinking(breaks);
    stage.provider.next(provider.behaviour).always(breaks);
    const asked = openai.chat.completions.create({ model: 'chat', messages, stream: true });
    await provider.begun;
    await silence();
    const chunks = (await asked)[Symbol.asyncIterator]();
    provider.tell();
    await expect(chunks.next()).rejects.toThrow(APIError);
  });

  test("is so in Anthropic's format as well, and in responses", async () => {
    const anthropic = new Anthropic({ apiKey: KEY, baseURL: url, maxRetries: 0 });
    const ways = [
      () => anthropic.messages.create({ model: 'chat', max_tokens: 9, messages, stream: true }),
      () => openai.responses.create({ model: 'chat', input: 'Hi', stream: true }),
    ];
    for (const way of ways) {
      const provider = thinking(breaks);
      stage.provider.next(provider.behaviour).always(breaks);
      const asked = way();
      await provider.begun;
      await silence();
      const events = (await asked)[Symbol.asyncIterator]();
      provider.tell();
      await expect(events.next()).rejects.toThrow(/upstream_network|connection failed/);
    }
  });

  test('says so between two pieces, too', async () => {
    const provider = thinking(answers, chunk('m', 'Let me see.'));
    stage.provider.always(provider.behaviour);
    const response = await post();
    await silence();
    await silence();
    provider.tell();
    expect(await response.text()).toMatch(/see\..*\n\n: keep-alive\n\ndata: .*Well/s);
  });

  test('has a status of its own as long as no provider has accepted it', async () => {
    stage.provider.always(hang);
    const asked = post();
    while (stage.provider.calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
    clock.advance(SILENCE);
    clock.advance(SILENCE);
    expect((await asked).status).toBe(504);
  });
});

const thinkingNoMore: Behaviour = (request, response) => {
  begin(response);
  return answers(request, response);
};
