import type { INestApplication } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { APIError, BadRequestError, InternalServerError, RateLimitError } from 'openai';
import { GATEWAYS } from './support/app.js';
import { begin, chunk, event, fail, finish, json, type Behaviour } from './support/fake-provider.js';
import { sdkFor, startGateway } from './support/gateway.js';
import { Stage } from './support/stage.js';

const request = { model: 'chat', messages: [{ role: 'user' as const, content: 'Hi' }] };

/** Begins an answer as it should be, then ends it in this way. */
const failing =
  (ending: Behaviour): Behaviour =>
  async (seen, response) => {
    begin(response);
    response.write(chunk('model-blue', 'Hello'));
    await ending(seen, response);
  };

describe.each(GATEWAYS)('failures behind the gateway, on %s', (adapter) => {
  let stage: Stage;
  let app: INestApplication;
  let sdk: ReturnType<typeof sdkFor>;

  beforeEach(async () => {
    stage = await Stage.open();
    app = await startGateway(stage, adapter);
    sdk = sdkFor(app);
  });
  afterEach(() => stage.close());

  const errorOf = async (stream = false): Promise<APIError> => {
    const error: unknown = await sdk.chat.completions.create({ ...request, stream }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(APIError);
    return error as APIError;
  };

  describe.each([false, true])('before the first byte, stream: %s', (stream) => {
    test("the caller's own mistake passes through with the provider's words, unretried", async () => {
      const body = { error: { message: 'temperature is too hot', type: 't', param: 'temperature', code: 'hot' } };
      stage.provider.always((_request, response) => json(response, 400, body));
      const error = await errorOf(stream);
      expect(error).toBeInstanceOf(BadRequestError);
      expect(error.error).toEqual(body.error);
      expect(error).toMatchObject({ status: 400, code: 'hot', param: 'temperature' });
      expect(stage.provider.calls).toHaveLength(1);
    });

    test.each([413, 415, 422])('and so does %s', async (status) => {
      stage.provider.always(fail(status, 'odd'));
      expect(await errorOf(stream)).toMatchObject({ status, code: 'odd' });
      expect(stage.provider.calls).toHaveLength(1);
    });

    test('500s end as one 502 that the SDK does not ask again for', async () => {
      stage.provider.always(fail(500));
      const error = await errorOf(stream);
      expect(error).toBeInstanceOf(InternalServerError);
      expect(error).toMatchObject({ status: 502, code: 'upstream_server_error', type: 'upstream_error' });
      expect(error.headers?.get('x-should-retry')).toBe('false');
      expect(sdk.sent).toHaveLength(1);
      expect(stage.provider.calls).toHaveLength(3);
    });

    test('the answer says whose failure it is', async () => {
      stage.provider.always(fail(500));
      expect(Object.fromEntries((await errorOf(stream)).headers ?? [])).toMatchObject({
        'x-deployment-env': 'blue',
        'x-environment': 'blue',
        'x-model-version': 'v1',
      });
    });

    test("the provider's words of its own trouble stay inside", async () => {
      stage.provider.always((_request, response) =>
        json(response, 500, { error: { message: 'stack trace with sk-upstream-blue' } }),
      );
      expect(JSON.stringify((await errorOf(stream)).error)).not.toMatch(/stack trace|sk-upstream/);
    });

    test("a key of ours that the provider refuses is not the caller's 401", async () => {
      stage.provider.always(fail(401, 'invalid_api_key'));
      expect(await errorOf(stream)).toMatchObject({ status: 502, code: 'upstream_auth' });
    });

    test('a limit on our rate reaches the caller with the time to wait', async () => {
      stage.provider.always(fail(429, 'rate_limit_exceeded', { 'retry-after': '30' }));
      sdk = sdkFor(app, { maxRetries: 0 });
      const error = await errorOf(stream);
      expect(error).toBeInstanceOf(RateLimitError);
      expect(error.headers?.get('retry-after')).toBe('30');
      expect(error.headers?.has('x-should-retry')).toBe(false);
      expect(stage.provider.calls).toHaveLength(1);
    });

    test('a passing failure is mended unseen', async () => {
      stage.provider.next(fail(503), (_request, response) => void response.destroy());
      const answer = await sdk.chat.completions.create({ ...request, stream }).asResponse();
      expect(answer.status).toBe(200);
      await answer.text();
      expect(stage.provider.calls).toHaveLength(3);
    });

    test('the error carries the id of the request', async () => {
      stage.provider.always(fail(500));
      sdk = sdkFor(app, { defaultHeaders: { 'X-Request-ID': 'req-7' } });
      expect((await errorOf(stream)).requestID).toBe('req-7');
    });
  });

  describe('in the middle of a stream', () => {
    test.each<[string, Behaviour]>([
      ['a socket that is cut', (_seen, response) => void response.write(' ', () => response.destroy())],
      ['an end without an ending', (_seen, response) => void response.end()],
      ['an error event', (_seen, response) => void response.end(event({ error: { message: 'sk-upstream-blue' } }))],
      [
        'an error event with a closing mark behind it',
        (_seen, response) => void response.end(`${event({ error: { message: 'no' } })}data: [DONE]\n\n`),
      ],
      ['an event that is cut in half', (_seen, response) => void response.end('data: {"choices":[{"del')],
    ])('%s is a thrown error, never a clean end', async (_what, ending) => {
      stage.provider.always(failing(ending));
      const stream = await sdk.chat.completions.create({ ...request, stream: true });
      const received: unknown[] = [];
      const reading = (async () => {
        for await (const { choices } of stream) received.push(choices[0]?.delta.content);
      })();
      const error: unknown = await reading.catch((thrown: unknown) => thrown);
      expect(received).toEqual(['Hello']);
      expect(error).toBeInstanceOf(APIError);
      expect((error as APIError).code).toMatch(/^upstream_(network|truncated|server_error)$/);
      expect((error as APIError).message).not.toContain('sk-upstream');
      expect(stage.provider.calls).toHaveLength(1);
    });

    test('a whole answer without its closing mark is a clean end', async () => {
      stage.provider.always(failing((_seen, response) => void response.end(finish('model-blue'))));
      const stream = await sdk.chat.completions.create({ ...request, stream: true });
      const reasons: unknown[] = [];
      for await (const { choices } of stream) reasons.push(choices[0]?.finish_reason);
      expect(reasons).toEqual([null, 'stop']);
    });
  });
});
