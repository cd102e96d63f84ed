import { Controller, Get, UseGuards, type INestApplication } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Route, TrafficSplitGuard } from 'nestjs-blue-green';
import supertest from 'supertest';
import { ADAPTERS, blueGreen } from './support/app.js';
import { blueAndGreen } from './support/environments.js';
import { Stage, urlOf } from './support/stage.js';

const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

@Controller()
class PingController {
  @Get('ping')
  @UseGuards(TrafficSplitGuard)
  @Route('chat')
  ping(): string {
    return 'pong';
  }

  @Get('open')
  open(): string {
    return 'no guard here';
  }
}

describe.each(ADAPTERS)('what the guard tells the caller, on %s', (adapter) => {
  let stage: Stage;
  let app: INestApplication;

  beforeAll(async () => {
    stage = await Stage.open();
    const environments = blueAndGreen(stage.provider);
    app = await stage.app({
      adapter,
      module: blueGreen({ alias: 'chat', environments }),
      controllers: [PingController],
    });
  });
  afterAll(() => stage.close());

  const ping = (requestId?: string) => {
    const call = supertest(urlOf(app)).get('/ping');
    return requestId === undefined ? call : call.set('X-Request-ID', requestId);
  };

  test('the environment and the version', async () => {
    const { headers } = await ping().expect(200, 'pong');
    expect(headers).toMatchObject({ 'x-deployment-env': 'blue', 'x-environment': 'blue', 'x-model-version': 'v1' });
  });

  test('an id for a request that brought none, a new one each time', async () => {
    const [one, two] = await Promise.all([ping(), ping()]);
    expect(one.headers['x-request-id']).toMatch(UUID);
    expect(two.headers['x-request-id']).toMatch(UUID);
    expect(one.headers['x-request-id']).not.toBe(two.headers['x-request-id']);
  });

  test.each(['req-1', '0af7651916cd43dd8448eb211c80319c', 'a.b:c_D-9', 'x'.repeat(128)])(
    "the caller's own well-formed id: %s",
    async (id) => {
      const { headers } = await ping(id);
      expect(headers['x-request-id']).toBe(id);
    },
  );

  test.each([
    ['too long', 'x'.repeat(129)],
    ['with a blank inside', 'a b'],
    ['with a tab, which is a control character', 'a\tb'],
    ['with markup', '<script>'],
    ['with letters beyond ASCII', 'caf\u00e9'],
    ['empty', ''],
  ])('a new id in place of one that is %s', async (_what, id) => {
    const { headers } = await ping(id);
    expect(headers['x-request-id']).toMatch(UUID);
  });

  test('nothing on a handler that it does not guard', async () => {
    const { headers } = await supertest(urlOf(app)).get('/open').expect(200);
    expect(headers).not.toHaveProperty('x-deployment-env');
    expect(headers).not.toHaveProperty('x-request-id');
  });
});
