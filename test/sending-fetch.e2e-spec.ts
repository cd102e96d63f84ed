import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import OpenAI, { APIError, APIUserAbortError, BadRequestError, RateLimitError } from 'openai';
import { answer, fail } from './support/fake-provider.js';
import { awaited, cutsAfter, REQUEST, says, Sending, silence } from './support/sending.js';

let sending: Sending;
beforeAll(async () => (sending = await Sending.start()));
beforeEach(() => sending.reset());
afterAll(() => sending.stop());

const MESSAGES = { model: 'anything', messages: [{ role: 'user' as const, content: REQUEST.messages[0]!.content }] };

function openai(environment = 'green'): OpenAI {
  const fetch = sending.router.fetch('chat', { environment });
  return new OpenAI({ baseURL: 'http://router/v1', apiKey: 'unused', fetch });
}

const stream = (signal?: AbortSignal) =>
  openai().chat.completions.create({ ...MESSAGES, stream: true }, signal ? { signal } : {});

async function textOf(chunks: AsyncIterable<OpenAI.ChatCompletionChunk>): Promise<string> {
  let text = '';
  for await (const { choices } of chunks) text += choices[0]?.delta.content ?? '';
  return text;
}

describe('the OpenAI SDK over a route', () => {
  test('gets a whole answer, with the headers that say who gave it', async () => {
    const { data, response } = await openai().chat.completions.create(MESSAGES).withResponse();
    expect(data.choices[0]!.message.content).toBe('Hello there');
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'x-deployment-env': 'green',
      'x-environment': 'green',
      'x-model-version': 'v2',
    });
  });

  test('its own key stays here: the provider gets the one of the environment', async () => {
    await openai().chat.completions.create(MESSAGES);
    expect(sending.green.calls[0]!.headers.authorization).toBe('Bearer sk-green-model');
  });

  test('gets a stream, without the usage that it did not ask for', async () => {
    const kinds: boolean[] = [];
    let text = '';
    for await (const { choices, usage } of await stream()) {
      kinds.push(Boolean(usage));
      text += choices[0]?.delta.content ?? '';
    }
    expect(text).toBe('Hello there');
    expect(kinds).not.toContain(true);
    expect(sending.observed).toMatchObject([{ outcome: 'ok', usage: { inputTokens: 100 } }]);
  });

  test('is answered by blue when green fails, and sees that in a header', async () => {
    sending.green.always(fail(500));
    const { data, response } = await openai()
      .chat.completions.create({ ...MESSAGES, stream: true })
      .withResponse();
    expect(await textOf(data)).toBe('Hello there');
    expect(response.headers.get('x-fallback')).toBe('true');
    expect(response.headers.get('x-deployment-env')).toBe('blue');
  });
});

describe('errors arrive as the types of the SDK', () => {
  test('the mistake of a caller, in the words of the provider', async () => {
    sending.green.always(fail(400, 'invalid_value'));
    const error: unknown = await openai()
      .chat.completions.create(MESSAGES)
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(BadRequestError);
    expect(error).toMatchObject({ status: 400, code: 'invalid_value' });
  });

  test('a limit on the rate, which the SDK waits out as it would at the provider', async () => {
    for (const provider of sending.providers) provider.always(fail(429, 'rate_limit_exceeded', { 'retry-after': '1' }));
    const error: unknown = await openai()
      .chat.completions.create(MESSAGES)
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RateLimitError);
    // Two retries of the SDK's own.
    expect(sending.calls).toEqual([3, 3, 3]);
  });

  test('a stream that breaks raises an error from the loop', async () => {
    sending.green.always(cutsAfter('Half', ' an'));
    const chunks = await stream();
    await expect(textOf(chunks)).rejects.toBeInstanceOf(APIError);
  });

  test('a path that is not a chat completion is refused and reaches nobody', async () => {
    await expect(openai().models.list()).rejects.toMatchObject({ status: 400, code: 'unsupported_request' });
    expect(sending.providers.flatMap(({ seen }) => seen)).toEqual([]);
  });

  test('an unknown environment is refused', async () => {
    await expect(openai('red').chat.completions.create(MESSAGES)).rejects.toMatchObject({ status: 422 });
  });
});

describe('an abort of the SDK', () => {
  test('before the answer closes the socket and raises its abort error', async () => {
    const { behaviour, asked } = awaited(silence);
    sending.green.always(behaviour);
    const caller = new AbortController();
    const result = openai().chat.completions.create(MESSAGES, { signal: caller.signal });
    const aborted = expect(result).rejects.toBeInstanceOf(APIUserAbortError);
    const seen = await asked;
    caller.abort();
    await Promise.all([aborted, seen.closed]);
    expect(sending.observed).toMatchObject([{ outcome: 'client_abort' }]);
  });

  test('in the middle of a stream ends the loop as with a plain fetch, without an error of ours', async () => {
    const { behaviour, asked } = awaited(says('Hello', ' you'));
    sending.green.always(behaviour);
    const chunks = await stream();
    let text = '';
    for await (const { choices } of chunks) {
      text += choices[0]?.delta.content ?? '';
      if (text === 'Hello you') chunks.controller.abort();
    }
    expect(text).toBe('Hello you');
    await (
      await asked
    ).closed;
    expect(sending.observed).toMatchObject([{ outcome: 'client_abort' }]);
  });

  test('by leaving the loop closes the socket', async () => {
    const { behaviour, asked } = awaited(says('Hello', ' you'));
    sending.green.always(behaviour);
    for await (const { choices } of await stream()) if (choices.length > 0) break;
    await (
      await asked
    ).closed;
    expect(sending.observed).toMatchObject([{ outcome: 'client_abort' }]);
  });
});

describe('a plain fetch', () => {
  const url = 'http://router/v1/chat/completions';
  const init = { method: 'POST', body: JSON.stringify({ ...REQUEST, stream: true }) };

  test('reads a body that is asked for piece by piece', async () => {
    sending.green.always(answer({ words: ['a', 'b'] }));
    const response = await sending.router.fetch('chat', { environment: 'green' })(url, init);
    const text = await response.text();
    expect(text).toMatch(/^data: \{.*"content":"a"/s);
    expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true);
  });

  test('its abort still reaches the socket when the request has been collected as garbage', async () => {
    const { behaviour, asked } = awaited(says('Hello'));
    sending.green.always(behaviour);
    const caller = new AbortController();
    const fetch = sending.router.fetch('chat', { environment: 'green' });
    const response = await fetch(url, { ...init, signal: caller.signal });
    const reader = response.body!.getReader();
    await reader.read();
    await collectGarbage();
    const next = expect(reader.read()).rejects.toMatchObject({ name: 'AbortError' });
    caller.abort();
    await Promise.all([next, asked.then(({ closed }) => closed)]);
  });
});

async function collectGarbage(): Promise<void> {
  const { setFlagsFromString } = await import('node:v8');
  const { runInNewContext } = await import('node:vm');
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  for (let n = 0; n < 3; n++) {
    gc();
    await new Promise((resolve) => setImmediate(resolve));
  }
}
