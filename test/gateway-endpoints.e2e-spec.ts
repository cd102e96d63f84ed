import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import Anthropic from '@anthropic-ai/sdk';
import type { INestApplication } from '@nestjs/common';
import OpenAI from 'openai';
import supertest from 'supertest';
import { GATEWAYS } from './support/app.js';
import { blueAndGreen } from './support/environments.js';
import { begin, chunk, finish, json } from './support/fake-provider.js';
import { KEY, sdkFor, startGateway } from './support/gateway.js';
import { Stage, urlOf } from './support/stage.js';

const messages = [{ role: 'user' as const, content: 'x'.repeat(400) }];
const PROVIDERS_OWN = {
  'request-id': 'req_7',
  'openai-processing-ms': '12',
  'x-ratelimit-remaining-requests': '9',
  'anthropic-ratelimit-tokens-remaining': '8',
  'openai-organization': 'org-secret',
  'anthropic-organization-id': 'org-secret',
  'openai-project': 'proj-secret',
  'set-cookie': 'session=secret',
};

describe.each(GATEWAYS)('the gateway and its clients, on %s,', (adapter) => {
  let stage: Stage;
  let app: INestApplication;
  let openai: OpenAI;
  let anthropic: Anthropic;

  beforeEach(async () => {
    stage = await Stage.open();
    app = await startGateway(stage, adapter);
    openai = sdkFor(app, { maxRetries: 0 });
    anthropic = new Anthropic({ apiKey: KEY, baseURL: urlOf(app), maxRetries: 0 });
  });
  afterEach(() => stage.close());

  const ask = async (stream: boolean) => {
    stage.provider.always((_request, response) => {
      for (const [name, value] of Object.entries(PROVIDERS_OWN)) response.setHeader(name, value);
      if (!stream) return json(response, 200, { choices: [{ message: { content: 'Hi' }, finish_reason: 'stop' }] });
      begin(response);
      response.end(`${chunk('m', 'Hi')}${finish('m')}data: [DONE]\n\n`);
    });
    const response = await openai.chat.completions.create({ model: 'chat', messages, stream }).asResponse();
    await response.text();
    return response.headers;
  };

  describe('fields of the wrong type are the mistake of the caller', () => {
    test.each([
      ['stream', { stream: 'true' }],
      ['max_tokens', { max_tokens: 'abc' }],
      ['max_completion_tokens', { max_completion_tokens: 1.5 }],
      ['n', { n: 1e308 }],
      ['temperature', { temperature: '0.7' }],
      ['tools', { tools: {} }],
      ['stream_options', { stream_options: true }],
    ])('%s', async (field, wrong) => {
      const { status, body } = await supertest(urlOf(app))
        .post('/v1/chat/completions')
        .set('authorization', `Bearer ${KEY}`)
        .send({ model: 'chat', messages, ...wrong });
      expect(status).toBe(400);
      expect(body).toMatchObject({ error: { code: 'invalid_request', type: 'invalid_request_error' } });
      expect(JSON.stringify(body)).toContain(`\\"${field}\\" has the wrong type`);
      expect(stage.provider.calls).toHaveLength(0);
    });

    test('null is a field that was left out, and unknown fields are nobody’s business', async () => {
      const odd = { max_tokens: null, n: null, tools: null, x_stream: 'true', user: 7 };
      await supertest(urlOf(app))
        .post('/v1/chat/completions')
        .set('authorization', `Bearer ${KEY}`)
        .send({ model: 'chat', messages, ...odd })
        .expect(200);
      expect(stage.provider.calls[0]!.body).toMatchObject(odd);
    });
  });

  describe('headers of the provider', () => {
    test.each([false, true])('reach the caller by a list of names, stream: %s', async (stream) => {
      const headers = await ask(stream);
      expect(headers.get('request-id')).toBe('req_7');
      expect(headers.get('openai-processing-ms')).toBe('12');
      expect(headers.has('x-ratelimit-remaining-requests')).toBe(false);
      expect(JSON.stringify([...headers])).not.toContain('secret');
    });

    test.each([false, true])('those of rate limits with passRateLimits, stream: %s', async (stream) => {
      const routes = { chat: { environments: blueAndGreen(stage.provider), passRateLimits: true } };
      openai = sdkFor(await startGateway(stage, adapter, { options: { routes } }));
      const headers = await ask(stream);
      expect(headers.get('x-ratelimit-remaining-requests')).toBe('9');
      expect(headers.get('anthropic-ratelimit-tokens-remaining')).toBe('8');
      expect(JSON.stringify([...headers])).not.toContain('secret');
    });
  });

  const post = (body: object, key = KEY) =>
    supertest(urlOf(app)).post('/v1/chat/completions').set('authorization', `Bearer ${key}`).send(body);
  const get = (path: string) => supertest(urlOf(app)).get(path).set('authorization', `Bearer ${KEY}`);

  test('the id of a request that the provider refuses reaches the SDK, and nothing of our account', async () => {
    stage.provider.always((_request, response) => {
      for (const [name, value] of Object.entries(PROVIDERS_OWN)) response.setHeader(name, value);
      json(response, 400, { type: 'error', error: { type: 'invalid_request_error', message: 'too odd' } });
    });
    const refused = anthropic.messages.create({ model: 'chat', max_tokens: 9, messages });
    const error = (await refused.catch((reason: unknown) => reason)) as InstanceType<typeof Anthropic.APIError>;
    expect([error.status, error.requestID]).toEqual([400, 'req_7']);
    expect(error.headers!.has('anthropic-ratelimit-tokens-remaining')).toBe(false);
    expect(JSON.stringify([...error.headers!])).not.toContain('secret');
  });

  test('nothing says by what the answers are made', async () => {
    const answers = [
      await post({ model: 'chat', messages }).expect(200),
      await post({ model: 'chat', messages, stream: true }).expect(200),
      await post({ model: 'chat' }).expect(400),
      await post({ model: 'chat', messages }, 'another-key-of-nobody').expect(401),
      await get('/v1/models').expect(200),
      await get('/v1/models/nobody').expect(404),
      await get('/v1/files').expect(404),
      await get('/v1/responses/resp_1').expect(404),
    ];
    for (const { headers } of answers) expect(headers).not.toHaveProperty('x-powered-by');
  });

  describe('models', () => {
    test("have Anthropic's fields for Anthropic's SDK", async () => {
      const models = [];
      for await (const model of anthropic.models.list()) models.push(model);
      expect(models).toMatchObject([{ type: 'model', id: 'chat', display_name: 'chat' }]);
      expect(await anthropic.models.retrieve('chat')).toMatchObject({ type: 'model', id: 'chat' });
    });

    test("have OpenAI's for everybody else", async () => {
      expect(await openai.models.retrieve('chat')).toMatchObject({ object: 'model', id: 'chat' });
    });
  });

  describe('tokens of a message', () => {
    test('are counted by the provider, under its own name of the model', async () => {
      stage.provider.always((_request, response) => json(response, 200, { input_tokens: 42 }));
      const { data, response } = await anthropic.messages.countTokens({ model: 'chat', messages }).withResponse();
      expect(data).toEqual({ input_tokens: 42 });
      expect(response.headers.get('x-token-count')).toBe('counted');
      expect(stage.provider.calls).toMatchObject([
        { path: '/v1/messages/count_tokens', body: { model: 'model-blue', messages } },
      ]);
    });

    test('are estimated where the provider does not count, and the answer says so', async () => {
      stage.provider.always((_request, response) => json(response, 404, {}));
      const { data, response } = await anthropic.messages.countTokens({ model: 'chat', messages }).withResponse();
      expect(data.input_tokens).toBeGreaterThanOrEqual(100);
      expect(response.headers.get('x-token-count')).toBe('estimated');
    });
  });

  describe('an endpoint that is not served', () => {
    test("is refused in OpenAI's shape, and the answer names what is served", async () => {
      const call = openai.images.generate({ model: 'chat', prompt: 'x' });
      await expect(call).rejects.toMatchObject({ status: 404, code: 'not_found' });
      await expect(call).rejects.toThrow('POST /v1/chat/completions');
    });

    test("is refused in Anthropic's shape", async () => {
      const call = anthropic.messages.batches.list();
      await expect(call).rejects.toMatchObject({ status: 404, error: { error: { type: 'not_found_error' } } });
    });

    test('is refused whatever the method and the body', async () => {
      const files = supertest(urlOf(app)).post('/v1/files').set('content-type', 'multipart/form-data; boundary=x');
      const { status, body } = await files.send('--x--');
      expect([status, (body as { error?: { code?: string } }).error?.code]).toEqual([404, 'not_found']);
      await supertest(urlOf(app))
        .get('/v1/chat/completions')
        .expect(404)
        .expect(/not_found/);
    });

    test('by a WebSocket is refused in a way that has clients go on without one', async () => {
      // As Codex CLI 0.171 begins with its own provider behind `openai_base_url`.
      const asked = supertest(urlOf(app)).get('/v1/responses').set({ connection: 'Upgrade', upgrade: 'websocket' });
      const { status, headers, body } = await asked;
      expect([status, headers['upgrade']]).toEqual([426, 'HTTP/1.1']);
      expect((body as { error: { message: string } }).error.message).toContain('POST /v1/responses');
    });

    test('outside of the gateway belongs to the app', async () => {
      const { body } = await supertest(urlOf(app)).get('/elsewhere').expect(404);
      expect(body).toMatchObject({ statusCode: 404 });
    });
  });
});
