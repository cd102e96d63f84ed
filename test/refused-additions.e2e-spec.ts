import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { answer, fail, FakeProvider, json, type Behaviour } from './support/fake-provider.js';
import { KEY } from './support/gateway.js';
import { readAll, REQUEST, Sending } from './support/sending.js';
import { urlOf } from './support/stage.js';

let sending: Sending;
beforeEach(async () => (sending = await Sending.start()));
afterEach(() => sending.stop());

const stream = (more = {}) => sending.router.stream('chat', { ...REQUEST, ...more }, { environment: 'green' });
const asked = () => sending.green.calls.map(({ body }) => body['stream_options']);

/** A provider that does not know `stream_options`. */
const refuses =
  (error: unknown, status = 400): Behaviour =>
  (request, response) =>
    request.body['stream_options'] === undefined ? answer()(request, response) : json(response, status, error);

const WORDS = { error: { message: 'Unrecognized request argument supplied: stream_options', code: null } };
const FIELDS = { detail: [{ type: 'extra_forbidden', loc: ['body', 'stream_options'], msg: 'Not permitted' }] };

describe('a provider that refuses to be asked for the usage of a stream', () => {
  test.each([
    ['in words', WORDS, 400],
    ['by the field', FIELDS, 422],
  ])('%s is asked once more without, and never again with it', async (_how, error, status) => {
    sending.green.always(refuses(error, status));
    const first = stream();
    expect(await readAll(first)).toEqual({ text: 'Hello there' });
    expect(await first.result).toMatchObject({ environment: 'green', fallback: false });
    expect(asked()).toEqual([{ include_usage: true }, undefined]);
    await readAll(stream());
    expect(asked()).toEqual([{ include_usage: true }, undefined, undefined]);
    expect(sending.observed).toMatchObject([{ outcome: 'ok' }, { outcome: 'ok' }]);
  });

  test('keeps what the caller asked for: that refusal is for the caller', async () => {
    sending.green.always(refuses(WORDS));
    const { error } = await readAll(stream({ stream_options: { include_usage: true } }));
    expect(error).toMatchObject({ failure: 'rejected' });
    expect(asked()).toEqual([{ include_usage: true }]);
  });

  test('is asked on when it refuses something else', async () => {
    sending.green.always(fail(400, 'unsupported_value'));
    expect((await readAll(stream())).error).toMatchObject({ failure: 'rejected' });
    expect(asked()).toEqual([{ include_usage: true }]);
  });
});

/** Takes no values of this header, or those that are listed. */
const takes =
  (header: string, ...values: string[]): Behaviour =>
  (request, response) => {
    const sent = String(request.headers[header] ?? '').split(',');
    const unknown = sent.filter((value) => value !== '' && !values.includes(value));
    if (unknown.length === 0) return answer()(request, response);
    const message = `Unexpected value(s) \`${unknown.join(', ')}\` for the \`${header}\` header.`;
    return json(response, 400, { type: 'error', error: { type: 'invalid_request_error', message } });
  };

describe('a provider that refuses a header that its caller did not send', () => {
  const BETA = 'context-1m-2025-08-07';
  let messages: Sending;
  let provider: FakeProvider;

  beforeEach(async () => {
    provider = await FakeProvider.start();
    const blue = { model: 'claude-1', baseUrl: provider.baseUrl, apiKey: 'sk-over-there', weight: 100 };
    const environments = { blue: { ...blue, headers: { 'Anthropic-Beta': BETA } } };
    messages = await Sending.start({ options: { environments, gateway: true, keys: [{ name: 'web', key: KEY }] } });
  });
  afterEach(async () => {
    await messages.stop();
    await provider.stop();
  });

  async function ask(isStream: boolean, beta?: string): Promise<number> {
    const response = await fetch(`${urlOf(messages.app)}/v1/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': KEY, ...(beta && { 'anthropic-beta': beta }) },
      body: JSON.stringify({ model: 'chat', max_tokens: 9, stream: isStream, messages: REQUEST.messages }),
    });
    await response.text();
    return response.status;
  }

  const sent = (header: string) => provider.calls.map(({ headers }) => headers[header]);

  test.each([false, true])('is asked once more without it, and never again with it; stream: %s', async (isStream) => {
    provider.always(takes('anthropic-beta'));
    expect([await ask(isStream), await ask(isStream)]).toEqual([200, 200]);
    expect(sent('anthropic-beta')).toEqual([BETA, undefined, undefined]);
  });

  test('still gets what the caller sends', async () => {
    provider.always(takes('anthropic-beta', 'callers-own'));
    expect([await ask(false, 'callers-own'), await ask(false, 'callers-own')]).toEqual([200, 200]);
    expect(sent('anthropic-beta')).toEqual([`${BETA},callers-own`, 'callers-own', 'callers-own']);
  });

  test('is not to blame for what the caller sends', async () => {
    provider.always(takes('anthropic-beta', BETA));
    expect([await ask(false, 'callers-own'), await ask(false)]).toEqual([400, 200]);
    expect(sent('anthropic-beta')).toEqual([`${BETA},callers-own`, 'callers-own', BETA]);
  });

  test('may be one that refuses ours', async () => {
    provider.always(takes('x-deployment-env'));
    expect([await ask(false), await ask(true)]).toEqual([200, 200]);
    expect(sent('x-deployment-env')).toEqual(['blue', undefined, undefined]);
  });
});
