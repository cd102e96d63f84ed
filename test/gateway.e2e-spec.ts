import { VersioningType, type INestApplication } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { AuthenticationError, NotFoundError } from 'openai';
import supertest from 'supertest';
import { GATEWAYS } from './support/app.js';
import { blueAndGreen } from './support/environments.js';
import { KEY, sdkFor, startGateway, TESTER_KEY } from './support/gateway.js';
import { Stage, urlOf } from './support/stage.js';

const messages = [{ role: 'user' as const, content: 'Hi' }];

describe.each(GATEWAYS)('the gateway, on %s', (adapter) => {
  let stage: Stage;

  beforeEach(async () => {
    stage = await Stage.open();
  });
  afterEach(() => stage.close());

  describe('where it is', () => {
    test('nowhere, until it is asked for', async () => {
      const app = await startGateway(stage, adapter, { options: { gateway: false } });
      await supertest(urlOf(app)).get('/v1/models').set('Authorization', `Bearer ${KEY}`).expect(404);
      await supertest(urlOf(app)).post('/v1/chat/completions').set('Authorization', `Bearer ${KEY}`).expect(404);
    });

    test.each<[string, boolean | { path: string }, string]>([
      ['true', true, ''],
      ["{ path: 'ai' }", { path: 'ai' }, '/ai'],
      ["{ path: '/ai/' }", { path: '/ai/' }, '/ai'],
      ["{ path: 'llm/proxy' }", { path: 'llm/proxy' }, '/llm/proxy'],
    ])('%s mounts both endpoints there, and only there', async (_option, gateway, path) => {
      const app = await startGateway(stage, adapter, { options: { gateway } });
      const sdk = sdkFor(app, { path });
      expect((await sdk.models.list()).data.map(({ id }) => id)).toEqual(['chat']);
      expect((await sdk.chat.completions.create({ model: 'chat', messages })).choices).toHaveLength(1);
      await supertest(urlOf(app)).get(`${path}/other/v1/models`).set('Authorization', `Bearer ${KEY}`).expect(404);
    });

    test('knows each route as a model, and no other', async () => {
      const sdk = sdkFor(await startGateway(stage, adapter));
      expect(await sdk.models.retrieve('chat')).toMatchObject({ id: 'chat', object: 'model' });
      await expect(sdk.models.retrieve('constructor')).rejects.toMatchObject({ status: 404, code: 'unknown_route' });
    });

    test("below the app's global prefix", async () => {
      const app = await startGateway(stage, adapter, {
        options: { gateway: { path: 'ai' } },
        configure: (other) => void other.setGlobalPrefix('api'),
      });
      const sdk = sdkFor(app, { path: '/api/ai' });
      expect((await sdk.chat.completions.create({ model: 'chat', messages })).choices).toHaveLength(1);
      await supertest(urlOf(app)).get('/ai/v1/models').set('Authorization', `Bearer ${KEY}`).expect(404);
    });
  });

  test.each([
    ['', '/v1/models', '/v1/chat/completions'],
    ['ai', '/ai/v1/models', '/ai/v1/chat/completions'],
  ])("stays where it was put when the app's own handlers are versioned: '%s'", async (path, models, completions) => {
    const app = await startGateway(stage, adapter, {
      options: { gateway: { path }, healthController: true },
      configure: (other) => void other.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' }),
    });
    await supertest(urlOf(app)).get(models).set('Authorization', `Bearer ${KEY}`).expect(200);
    await supertest(urlOf(app)).post(completions).set('Authorization', `Bearer ${KEY}`).send({}).expect(400);
    await supertest(urlOf(app)).get('/health/live').expect(200);
  });

  describe('models', () => {
    test('are the aliases of the routes; what answers behind them is not told', async () => {
      const environments = blueAndGreen(stage.provider);
      const routes = { chat: { environments }, search: { environments } };
      const app = await startGateway(stage, adapter, {
        options: { routes },
      });
      const { body, text } = await supertest(urlOf(app))
        .get('/v1/models')
        .set('Authorization', `Bearer ${KEY}`)
        .expect(200);
      expect(body).toMatchObject({ object: 'list', data: [{ id: 'chat', object: 'model' }, { id: 'search' }] });
      expect(text).not.toContain('model-blue');
    });

    test('one that is not a route is 404 for the SDK, and names those that are', async () => {
      const sdk = sdkFor(await startGateway(stage, adapter));
      const error: unknown = await sdk.chat.completions
        .create({ model: 'gpt-4o', messages })
        .catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(NotFoundError);
      expect(error).toMatchObject({ status: 404, code: 'unknown_route' });
      expect((error as Error).message).toContain('chat');
      expect(stage.provider.calls).toEqual([]);
    });
  });

  describe('keys', () => {
    let app: INestApplication;

    beforeEach(async () => {
      app = await startGateway(stage, adapter);
    });

    test('a wrong one is an AuthenticationError of the SDK, and nobody is asked', async () => {
      const sdk = sdkFor(app, { apiKey: 'a-key-that-nobody-was-given' });
      const error: unknown = await sdk.chat.completions
        .create({ model: 'chat', messages })
        .catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(AuthenticationError);
      expect(error).toMatchObject({ status: 401, code: 'invalid_api_key', type: 'invalid_request_error', param: null });
      await expect(sdk.models.list()).rejects.toBeInstanceOf(AuthenticationError);
      expect(stage.provider.seen).toEqual([]);
    });

    test.each([
      ['none', undefined],
      ['an empty header', ''],
      ['another scheme', `Basic ${KEY}`],
      ['the bare key', KEY],
      ['a scheme without a key', 'Bearer '],
      ['the beginning of a key', `Bearer ${KEY.slice(0, -1)}`],
      ['a key with something behind it', `Bearer ${KEY}0`],
    ])("%s: 401 in OpenAI's shape", async (_what, authorization) => {
      const call = supertest(urlOf(app)).post('/v1/chat/completions').send({ model: 'chat', messages });
      if (authorization !== undefined) void call.set('Authorization', authorization);
      const { body, text } = await call.expect(401).expect('content-type', /^application\/json/);
      expect(body).toEqual({
        error: { message: expect.any(String), type: 'invalid_request_error', param: null, code: 'invalid_api_key' },
      });
      expect(text).not.toContain(KEY);
    });

    test('the scheme is read in any letter case', async () => {
      await supertest(urlOf(app)).get('/v1/models').set('Authorization', `bearer ${KEY}`).expect(200);
    });

    test('one that lists an environment may name it, another may not', async () => {
      const defaultHeaders = { 'X-Deployment-Env': 'green' };
      const { data, response } = await sdkFor(app, { apiKey: TESTER_KEY, defaultHeaders })
        .chat.completions.create({ model: 'chat', messages })
        .withResponse();
      expect(data.model).toBe('chat');
      expect(response.headers.get('x-upstream-model')).toBe('model-green');
      expect(response.headers.get('x-deployment-env')).toBe('green');

      await expect(
        sdkFor(app, { defaultHeaders }).chat.completions.create({ model: 'chat', messages }),
      ).rejects.toMatchObject({ status: 401, code: 'environment_forbidden' });
    });
  });

  describe('bodies that are no request', () => {
    let app: INestApplication;

    beforeEach(async () => {
      app = await startGateway(stage, adapter);
    });

    const post = (body: string) =>
      supertest(urlOf(app))
        .post('/v1/chat/completions')
        .set('Authorization', `Bearer ${KEY}`)
        .set('Content-Type', 'application/json')
        .send(body);

    test.each([
      ['a list', '[]'],
      ['an empty object', '{}'],
      ['no messages', '{"model":"chat"}'],
      ['messages that are no list', '{"model":"chat","messages":"Hi"}'],
      ['no model', '{"messages":[]}'],
      ['an empty model', '{"model":"","messages":[]}'],
      ['a model that is no text', '{"model":{"toString":1},"messages":[]}'],
    ])("%s: 400 in OpenAI's shape, with what to do", async (_what, text) => {
      const { status, body } = await post(text);
      expect(status).toBe(400);
      expect(body).toMatchObject({ error: { type: 'invalid_request_error', code: 'invalid_request' } });
      expect(stage.provider.calls).toEqual([]);
    });

    test('broken JSON: 400', async () => {
      expect((await post('{"model":"chat",')).status).toBe(400);
      expect(stage.provider.calls).toEqual([]);
    });

    test.each(['__proto__', 'constructor', 'toString'])('the name of a built-in is not a route: %s', async (model) => {
      expect((await post(JSON.stringify({ model, messages }))).status).toBe(404);
    });
  });
});
