import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import request from 'supertest';
import { ADAPTERS, blueGreen, startApp } from './support/app.js';
import { FakeProvider } from './support/fake-provider.js';

const KEY = 'gateway-key-of-the-tests';
const OPENAI = ['v1/chat/completions', 'v1/responses', 'v1/embeddings', 'v1/completions', 'v1/responses/compact'];

let provider: FakeProvider;

beforeAll(async () => {
  provider = await FakeProvider.start();
});

afterAll(() => provider.stop());

describe.each(ADAPTERS)('the gateway on %s, mounted below a path,', (adapter) => {
  let app: INestApplication;

  beforeAll(async () => {
    const blue = { model: 'm-1', baseUrl: provider.baseUrl, apiKey: 'key', weight: 100 };
    const options = { alias: 'chat', environments: { blue }, keys: [{ name: 'tests', key: KEY }] };
    app = await startApp({ adapter, module: blueGreen({ ...options, gateway: { path: 'ai' } }) });
  });

  afterAll(() => app.close());

  const post = (path: string, body: object, key: Record<string, string> = { 'x-api-key': KEY }) =>
    request(app.getHttpServer()).post(`/ai/${path}`).set(key).send(body);

  describe.each([...OPENAI, 'v1/messages'])('%s', (path) => {
    const isAnthropic = path === 'v1/messages';
    const shape = (code: string, type: string) =>
      isAnthropic ? { type: 'error', error: { type, code } } : { error: { code, param: null } };

    test('refuses a caller without a key, in its own shape', async () => {
      const { status, body } = await post(path, {}, {});
      expect(status).toBe(401);
      expect(body).toMatchObject(shape('invalid_api_key', 'authentication_error'));
    });

    test.each([{ authorization: `Bearer ${KEY}` }, { 'x-api-key': KEY }])(
      'takes the key in a header (%#)',
      async (key) => {
        expect((await post(path, {}, key)).body).toMatchObject(shape('invalid_request', 'invalid_request_error'));
      },
    );

    test('does not know an alias that nobody configured', async () => {
      const { status, body } = await post(path, { model: 'nobody', messages: [], input: 'Hi', prompt: 'Hi' });
      expect(status).toBe(404);
      expect(body).toMatchObject(shape('unknown_route', 'not_found_error'));
    });
  });

  test.each([
    ['v1/chat/completions', 'messages'],
    ['v1/embeddings', 'input'],
    ['v1/completions', 'prompt'],
    ['v1/messages', 'messages'],
  ])('%s says that %s is missing', async (path, field) => {
    const { status, body } = await post(path, { model: 'chat' });
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toContain(`\\"${field}\\" is missing`);
    expect(provider.calls).toHaveLength(0);
  });
});
