import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { LlmRouterService } from 'nestjs-blue-green';
import { answer, fail, json, type Behaviour } from './support/fake-provider.js';
import { REQUEST, resets, Sending, awaited, silence } from './support/sending.js';
import { blueGreen, startApp } from './support/app.js';

let sending: Sending;
beforeAll(async () => (sending = await Sending.start()));
beforeEach(() => sending.reset());
afterAll(() => sending.stop());

const complete = (environment?: string, request = REQUEST) => sending.router.complete('chat', request, { environment });

describe('a whole answer', () => {
  test('comes with who gave it, what it used and what it cost', async () => {
    sending.green.next(answer({ words: ['Yes', '.'], usage: { inputTokens: 200, outputTokens: 50 } }));
    const result = await complete('green');
    expect(result).toMatchObject({
      content: 'Yes.',
      finishReason: 'stop',
      route: 'chat',
      environment: 'green',
      version: 'v2',
      fallback: false,
      usage: { inputTokens: 200, outputTokens: 50, cachedInputTokens: 0 },
      attempts: [{ environment: 'green', version: 'v2', duration: 0 }],
      raw: { model: 'green-model' },
    });
    expect(result.cost).toBeCloseTo((200 * 10 + 50 * 20) / 1e6, 12);
  });

  test('took as long as the clock says', async () => {
    sending.blue.next((request, response) => {
      sending.clock.advance(1_200);
      return answer()(request, response);
    });
    expect(await complete()).toMatchObject({ latency: 1_200, attempts: [{ duration: 1_200 }] });
  });

  test('of a model without a price costs nothing known, which is not zero', async () => {
    const result = await complete('backup');
    expect(result.usage).toBeDefined();
    expect(result.cost).toBeUndefined();
  });

  test('the provider sees its own model and key, the environment, and the fields that nobody here knows', async () => {
    await sending.router.complete('chat', { ...REQUEST, model: 'chat', seed: 7 }, { requestId: 'req-1' });
    const [seen] = sending.blue.calls;
    expect(seen!.body).toEqual({ ...REQUEST, model: 'blue-model', seed: 7, stream: false });
    expect(seen!.headers).toMatchObject({
      authorization: 'Bearer sk-blue-model',
      'x-deployment-env': 'blue',
      'x-environment': 'blue',
      'x-request-id': 'req-1',
    });
    expect(seen!.path).toBe('/v1/chat/completions');
  });

  test('one request, one observation', async () => {
    await complete('green');
    expect(sending.observed).toMatchObject([{ environment: 'green', outcome: 'ok', callerOutcome: 'ok', attempts: 1 }]);
  });
});

describe('failures that no other environment can mend', () => {
  test.each([
    ['a mistake of the caller', 400, 'invalid_value', 'rejected'],
    ['a refusal of the content', 400, 'content_policy_violation', 'content_filter'],
    ['a body that is too large', 413, 'whatever', 'rejected'],
  ])('%s is never routed around, and blames nobody', async (_what, status, code, failure) => {
    sending.green.always(fail(status, code));
    await expect(complete('green')).rejects.toMatchObject({ code: `upstream_${failure}`, failure, status });
    expect(sending.calls).toEqual([0, 1, 0]);
    expect(sending.observed).toMatchObject([{ outcome: failure, callerOutcome: failure }]);
  });

  test('a request that is not JSON is the mistake of the caller and reaches nobody', async () => {
    const request = { ...REQUEST, seed: 1n };
    await expect(complete('green', request)).rejects.toMatchObject({ failure: 'rejected' });
    expect(sending.calls).toEqual([0, 0, 0]);
  });

  test('the words of the provider are for the caller alone: no plain property of the error has them', async () => {
    sending.green.always(fail(400, 'invalid_value'));
    const error: unknown = await complete('green').catch((reason: unknown) => reason);
    expect(JSON.stringify(error) + String(error)).not.toContain('provider says no');
    expect(String((error as { answer: { body: Buffer } }).answer.body)).toContain('provider says no');
  });
});

describe('failures that another environment can mend', () => {
  test.each([
    ['an outage', fail(500), 'server_error'],
    ['a wrong key', fail(401), 'auth'],
    ['an unknown model', fail(404), 'not_found'],
    ['a limit on the rate', fail(429), 'rate_limited'],
    ['a context that is too long', fail(400, 'context_length_exceeded'), 'context_length'],
    ['a reset before the headers', resets, 'network'],
    ['a page of HTML', htmlPage(), 'malformed'],
    ['JSON that is no answer', jsonAnswer({ hello: 'world' }), 'malformed'],
  ] as const)('%s of green is answered by blue', async (_what, behaviour, failure) => {
    sending.green.always(behaviour);
    expect(await complete('green')).toMatchObject({
      environment: 'blue',
      version: 'v1',
      fallback: true,
      attempts: [{ environment: 'green', failure }, { environment: 'blue' }],
    });
    expect(sending.observed).toMatchObject([{ environment: 'green', outcome: failure, callerOutcome: 'ok' }]);
  });

  test('when green and blue fail, the fallback answers', async () => {
    sending.green.always(fail(500));
    sending.blue.always(resets);
    expect(await complete('green')).toMatchObject({ environment: 'backup', fallback: true });
    expect(sending.calls).toEqual([1, 1, 1]);
  });

  test('when all fail, the error says who was asked and how the last one failed', async () => {
    for (const provider of sending.providers) provider.always(fail(503));
    await expect(complete('green')).rejects.toMatchObject({
      code: 'upstream_server_error',
      environment: 'backup',
      attempts: [{ environment: 'green' }, { environment: 'blue' }, { environment: 'backup' }],
    });
  });

  test('a refusal on the way down ends the search', async () => {
    sending.green.always(fail(500));
    sending.blue.always(fail(400, 'content_filter'));
    await expect(complete('green')).rejects.toMatchObject({ failure: 'content_filter', environment: 'blue' });
    expect(sending.calls).toEqual([1, 1, 0]);
  });

  test('a redirect is not followed: no key leaves for another host', async () => {
    const elsewhere = `${sending.backup.baseUrl}/chat/completions`;
    sending.green.always((_request, response) => {
      response.writeHead(307, { location: elsewhere }).end();
    });
    expect(await complete('green')).toMatchObject({ environment: 'blue', attempts: [{ failure: 'malformed' }, {}] });
    expect(sending.backup.seen).toHaveLength(0);
  });

  test('silence is not asked twice, but somebody else is asked', async () => {
    const { behaviour, asked } = awaited(silence);
    sending.green.always(behaviour);
    const result = complete('green');
    const seen = await asked;
    sending.clock.advance(600_000);
    expect(await result).toMatchObject({
      environment: 'blue',
      latency: 600_000,
      attempts: [{ failure: 'timeout' }, {}],
    });
    await seen.closed;
  });
});

test('a refused connection is answered by the fallback', async () => {
  const { backup } = sending;
  const nobody = { model: 'm', baseUrl: 'http://127.0.0.1:1/v1', apiKey: 'k', weight: 100 };
  const module = blueGreen({
    environments: { blue: nobody, backup: { model: 'm', baseUrl: backup.baseUrl, apiKey: false as const } },
    retry: { attempts: 1 },
  });
  const app = await startApp({ module });
  const result = await app.get(LlmRouterService).complete('default', REQUEST);
  expect(result).toMatchObject({ environment: 'backup', attempts: [{ failure: 'network' }, {}] });
  expect(backup.calls[0]!.headers).not.toHaveProperty('authorization');
  await app.close();
});

function htmlPage(): Behaviour {
  return (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><h1>Sign in</h1>');
  };
}

function jsonAnswer(body: unknown): Behaviour {
  return (_request, response) => json(response, 200, body);
}
