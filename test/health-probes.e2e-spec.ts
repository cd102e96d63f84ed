import type { INestApplication } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { LlmRouterService } from 'nestjs-blue-green';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import supertest from 'supertest';
import { ADAPTERS, blueGreen } from './support/app.js';
import { FakeClock } from './support/fake-clock.js';
import { answer, fail } from './support/fake-provider.js';
import { Stage, urlOf } from './support/stage.js';

const INTERVAL = 30_000;
const TIMEOUT = 3_000;

type Details = Record<'blue', { status: string; tier?: string; message: string; source: string }>;

/** What the next probe of blue is answered with. */
type Reply = (response: ServerResponse) => void;

const status =
  (code: number, body = '{}'): Reply =>
  (response) =>
    void response.writeHead(code, { 'content-type': 'application/json' }).end(body);

const fifty = <T>(ask: () => Promise<T>) => Promise.all(Array.from({ length: 50 }, () => ask()));

describe.each(ADAPTERS)('how an environment is found to be, on %s', (adapter) => {
  let stage: Stage;
  let clock: FakeClock;
  let app: INestApplication;

  beforeEach(async () => {
    stage = await Stage.open();
    stage.provider.models = ['model-blue'];
    clock = new FakeClock();
    app = await start(stage.provider.baseUrl);
  });
  afterEach(() => stage.close());

  const start = (baseUrl: string): Promise<INestApplication> => {
    const blue = { model: 'model-blue', baseUrl, apiKey: 'sk-upstream-blue', weight: 100 };
    const health = { interval: INTERVAL, timeout: TIMEOUT };
    const module = blueGreen({ environments: { blue }, retry: { attempts: 1 }, health, healthController: true });
    return stage.app({ adapter, module, clock });
  };
  const check = async (of = app): Promise<Details['blue'] & { http: number }> => {
    const { body, status: http } = await supertest(urlOf(of)).get('/health');
    return { http, ...(body as { details: Details }).details.blue };
  };
  const probes = () => stage.provider.seen.filter(({ method }) => method === 'GET');
  const call = () => app.get(LlmRouterService).complete('default', { messages: [] });

  describe('by asking', () => {
    let server: Server;
    let reply: Reply;
    let asked: EventTarget;
    let probed: INestApplication;

    beforeEach(async () => {
      asked = new EventTarget();
      server = createServer((_request, response) => {
        asked.dispatchEvent(new Event('asked'));
        reply(response);
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      probed = await start(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`);
    });
    afterEach(() => {
      server.closeAllConnections();
      server.close();
    });

    test.each<[string, Reply, object]>([
      ['a list with the model', status(200, '{"data":[{"id":"model-blue"}]}'), { http: 200, status: 'up' }],
      [
        'a list without the model',
        status(200, '{"data":[{"id":"x"}]}'),
        { http: 200, status: 'degraded', tier: 'model' },
      ],
      ['no list at all', status(404), { http: 200, status: 'up' }],
      ['something that is no JSON', status(200, '<html>'), { http: 200, status: 'up' }],
      ['401', status(401), { http: 503, status: 'down', tier: 'key' }],
      ['403', status(403), { http: 503, status: 'down', tier: 'key' }],
      ['429', status(429), { http: 200, status: 'degraded', tier: 'key' }],
      ['500', status(500), { http: 503, status: 'down', tier: 'connectivity' }],
      ['a cut socket', (response) => void response.destroy(), { http: 503, status: 'down', tier: 'connectivity' }],
    ])('%s', async (_what, next, expected) => {
      reply = next;
      expect(await check(probed)).toMatchObject({ ...expected, source: 'probe' });
    });

    test('a refused connection', async () => {
      server.close();
      await once(server, 'close');
      expect(await check(probed)).toMatchObject({ http: 503, status: 'down', tier: 'connectivity' });
    });

    test('no answer within the time for it', async () => {
      reply = () => {};
      const reached = once(asked, 'asked');
      const result = check(probed);
      await reached;
      clock.advance(TIMEOUT);
      expect(await result).toMatchObject({ http: 503, status: 'down', tier: 'connectivity' });
    });
  });

  describe('asking seldom', () => {
    test("is one GET of the list of models, with the environment's key", async () => {
      expect(await check()).toMatchObject({ status: 'up', source: 'probe' });
      expect(stage.provider.seen).toHaveLength(1);
      expect(probes()[0]).toMatchObject({ path: '/v1/models', headers: { authorization: 'Bearer sk-upstream-blue' } });
    });

    test('50 at once ask each upstream once per interval', async () => {
      expect(new Set((await fifty(check)).map(({ http }) => http))).toEqual(new Set([200]));
      expect(probes()).toHaveLength(1);

      clock.advance(INTERVAL - 1);
      await fifty(check);
      expect(probes()).toHaveLength(1);

      clock.advance(1);
      await fifty(check);
      expect(probes()).toHaveLength(2);
    });

    test('a finding is kept for the interval, bad or good', async () => {
      stage.provider.models = [];
      expect(await check()).toMatchObject({ status: 'degraded' });
      stage.provider.models = ['model-blue'];
      clock.advance(INTERVAL - 1);
      expect(await check()).toMatchObject({ status: 'degraded' });
      clock.advance(1);
      expect(await check()).toMatchObject({ status: 'up' });
    });
  });

  describe('by live traffic', () => {
    test('nobody is asked while there is some', async () => {
      await call();
      expect(await check()).toMatchObject({ status: 'up', source: 'traffic' });
      clock.advance(INTERVAL - 1);
      expect(await check()).toMatchObject({ source: 'traffic' });
      expect(probes()).toEqual([]);

      clock.advance(1);
      expect(await check()).toMatchObject({ source: 'probe' });
      expect(probes()).toHaveLength(1);
    });

    test('a failure degrades, three in a row are down, a success is up again', async () => {
      stage.provider.always(fail(500));
      const seen: unknown[] = [];
      for (let n = 0; n < 3; n++) {
        await expect(call()).rejects.toThrow();
        seen.push((await check()).status);
      }
      expect(seen).toEqual(['degraded', 'degraded', 'down']);
      stage.provider.always(answer());
      await call();
      expect(await check()).toMatchObject({ status: 'up', source: 'traffic' });
      expect(probes()).toEqual([]);
    });

    test.each([
      [401, 'key'],
      [404, 'model'],
      [500, 'connectivity'],
    ])('%s puts the tier in doubt that it is about: %s', async (code, tier) => {
      stage.provider.always(fail(code));
      await expect(call()).rejects.toThrow();
      expect(await check()).toMatchObject({ status: 'degraded', tier, source: 'traffic' });
    });

    test("a caller's own mistake says nothing about the environment", async () => {
      stage.provider.always(fail(400, 'odd'));
      await expect(call()).rejects.toThrow();
      expect(await check()).toMatchObject({ status: 'up', source: 'probe' });
    });
  });
});
