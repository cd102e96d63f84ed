import type { CanActivate, ExecutionContext, INestApplication } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import supertest from 'supertest';
import { ADAPTERS } from './support/app.js';
import { fail } from './support/fake-provider.js';
import { KEY, startGateway } from './support/gateway.js';
import { Stage, urlOf } from './support/stage.js';

/** What a security module of the app would do. */
class HeaderGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const response = context.switchToHttp().getResponse<{ header(name: string, value: string): void }>();
    response.header('Strict-Transport-Security', 'max-age=60');
    return true;
  }
}

const ORIGIN = 'https://app.example';

describe.each(ADAPTERS)('the gateway as a part of the app, on %s', (adapter) => {
  let stage: Stage;

  beforeEach(async () => {
    stage = await Stage.open();
  });
  afterEach(() => stage.close());

  describe('CORS', () => {
    let app: INestApplication;

    beforeEach(async () => {
      app = await startGateway(stage, adapter, {
        configure: (other) =>
          other.enableCors({
            origin: [ORIGIN, 'https://other.example'],
            credentials: true,
            exposedHeaders: ['x-request-id'],
          }),
      });
    });

    const ask = (body: object, key = KEY) =>
      supertest(urlOf(app))
        .post('/v1/chat/completions')
        .set('Origin', ORIGIN)
        .set('Authorization', `Bearer ${key}`)
        .send({ model: 'chat', messages: [], ...body });

    const CORS = {
      'access-control-allow-origin': ORIGIN,
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': 'x-request-id',
      vary: expect.stringMatching(/origin/i),
    };

    test.each([
      ['JSON', false, 'application/json'],
      ['a stream', true, 'text/event-stream; charset=utf-8'],
    ])("the app's headers are on %s, beside ours", async (_what, stream, type) => {
      const { headers } = await ask({ stream }).expect(200);
      expect(headers).toMatchObject({ ...CORS, 'content-type': type, 'x-deployment-env': 'blue' });
    });

    test('and on errors, ours and those of the provider', async () => {
      expect((await ask({}, 'a-key-that-nobody-was-given').expect(401)).headers).toMatchObject(CORS);
      expect((await ask({ model: 'none' }).expect(404)).headers).toMatchObject(CORS);
      stage.provider.always(fail(400, 'odd'));
      expect((await ask({ stream: true }).expect(400)).headers).toMatchObject(CORS);
    });

    test('a preflight needs no key', async () => {
      const { headers } = await supertest(urlOf(app))
        .options('/v1/chat/completions')
        .set('Origin', ORIGIN)
        .set('Access-Control-Request-Method', 'POST')
        .expect(204);
      expect(headers).toMatchObject({ 'access-control-allow-origin': ORIGIN });
    });
  });

  test.each([
    ['JSON', 200, { stream: false }],
    ['a stream', 200, { stream: true }],
    ['an error', 404, { model: 'none' }],
  ])('headers that a guard of the app has set are on %s', async (_what, status, body) => {
    const app = await startGateway(stage, adapter, {
      configure: (other) => void other.useGlobalGuards(new HeaderGuard()),
    });
    const { headers } = await supertest(urlOf(app))
      .post('/v1/chat/completions')
      .set('Authorization', `Bearer ${KEY}`)
      .send({ model: 'chat', messages: [], ...body })
      .expect(status);
    expect(headers['strict-transport-security']).toBe('max-age=60');
  });

  describe('long bodies', () => {
    const LIMIT = 4 * 1024 * 1024;
    const image = `data:image/png;base64,${'A'.repeat(1.5 * 1024 * 1024)}`;
    const messages = [{ role: 'user', content: [{ type: 'image_url', image_url: { url: image } }] }];

    const raiseLimit = (app: INestApplication): void => {
      if (adapter === 'express') (app as NestExpressApplication).useBodyParser('json', { limit: LIMIT });
      else (app as NestFastifyApplication).useBodyParser('application/json', { bodyLimit: LIMIT });
    };
    const ask = (app: INestApplication, stream: boolean) =>
      supertest(urlOf(app))
        .post('/v1/chat/completions')
        .set('Authorization', `Bearer ${KEY}`)
        .send({ model: 'chat', messages, stream });

    test.each([false, true])("go through whole when the app's limit allows them, stream: %s", async (stream) => {
      const app = await startGateway(stage, adapter, { configure: raiseLimit });
      await ask(app, stream).expect(200);
      expect(stage.provider.calls[0]!.body['messages']).toEqual(messages);
    });

    test('are 413 when it does not', async () => {
      await ask(await startGateway(stage, adapter), false).expect(413);
      expect(stage.provider.calls).toEqual([]);
    });

    test('an answer of 3 MB comes back whole', async () => {
      const content = 'é'.repeat(1.5 * 1024 * 1024);
      stage.provider.always((_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ choices: [{ index: 0, message: { content }, finish_reason: 'stop' }] }));
      });
      const { body } = await supertest(urlOf(await startGateway(stage, adapter)))
        .post('/v1/chat/completions')
        .set('Authorization', `Bearer ${KEY}`)
        .send({ model: 'chat', messages: [] })
        .expect(200);
      const { choices } = body as { choices: { message: { content: string } }[] };
      expect(choices[0]!.message.content === content).toBe(true);
    });
  });
});

interface Layer {
  readonly route?: { readonly path: string };
}

test('Express finds a call before it tries the paths of the control API, which are there all the same', async () => {
  const stage = await Stage.open();
  try {
    const app = await startGateway(stage, 'express', { options: { controlApi: true } });
    const { router } = app.getHttpAdapter().getInstance() as { router: { stack: readonly Layer[] } };
    const paths = router.stack.flatMap(({ route }) => route?.path ?? []);
    expect(paths[0]).toBe('/v1/chat/completions');
    const place = (path: string) => paths.indexOf(path);
    expect(place('/v1/models/versions')).toBeLessThan(place('/v1/models/:alias'));
    expect(place('/v1/models/:alias')).toBeGreaterThan(place('/v1/messages'));
  } finally {
    await stage.close();
  }
});
