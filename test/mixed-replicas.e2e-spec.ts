import type { INestApplication } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { LlmRouterService, RolloutService, Telemetry, type Observation } from 'nestjs-blue-green';
import supertest from 'supertest';
import { StateStore } from '../lib/rollout/state-store.js';
import { ADAPTERS, blueGreen, type Adapter } from './support/app.js';
import { fail } from './support/fake-provider.js';
import { RedisServer } from './support/redis.js';
import { REQUEST } from './support/sending.js';
import { Stage, urlOf } from './support/stage.js';

const KEY = 'k'.repeat(20);

let redis: RedisServer;
let stage: Stage;
beforeEach(async () => {
  [redis, stage] = await Promise.all([RedisServer.start(), Stage.open()]);
  stage.provider.models = ['model-blue', 'model-green', 'model-teal'];
});
afterEach(async () => {
  await stage.close();
  await redis.stop();
});

/** A replica with these environments in each of these routes; blue is live at first. */
function replica(adapter: Adapter, environments: readonly string[], aliases: readonly string[] = ['chat']) {
  const { baseUrl } = stage.provider;
  const route = {
    environments: Object.fromEntries(
      environments.map((name) => [
        name,
        { model: `model-${name}`, baseUrl, apiKey: 'k', weight: name === 'blue' ? 100 : 0 },
      ]),
    ),
    retry: { attempts: 1 },
  };
  const module = blueGreen({
    routes: Object.fromEntries(aliases.map((alias) => [alias, route])),
    journal: { redis: redis.url },
    keys: [{ name: 'all', key: KEY, scopes: ['inference', 'read', 'operate'] }],
    healthController: true,
    gateway: true,
    controlApi: true,
  });
  return stage.app({ adapter, module });
}

/** Waits until one replica knows what another one has recorded. */
async function caughtUp(behind: INestApplication, ahead: INestApplication): Promise<void> {
  await behind.get(StateStore).reached(ahead.get(RolloutService).revision);
}

const get = (app: INestApplication, path: string) =>
  supertest(urlOf(app)).get(path).set('authorization', `Bearer ${KEY}`);

const forcedTo = (environment: string, app: INestApplication) =>
  app.get(LlmRouterService).complete('chat', REQUEST, { environment });

describe.each(ADAPTERS)('during a rolling update, on %s', (adapter) => {
  describe('that brings a route, the old replica', () => {
    let old: INestApplication;
    beforeEach(async () => {
      old = await replica(adapter, ['blue', 'green']);
      await caughtUp(old, await replica(adapter, ['blue', 'green'], ['chat', 'extra']));
    });

    test('is healthy and ready', async () => {
      await get(old, '/health/ready').expect(200);
      const { body } = await get(old, '/health').expect(200);
      expect(Object.keys(body.details)).toEqual(expect.arrayContaining(['blue', 'green']));
    });

    test('does not know the route: it lists its own, and says so to who asks', async () => {
      const models = await get(old, '/v1/models').expect(200);
      expect(models.body.data).toMatchObject([{ id: 'chat' }]);
      const rollouts = await get(old, '/v1/status').expect(200);
      expect(rollouts.body.data).toMatchObject([{ route: 'chat' }]);
      await get(old, '/v1/rollouts/extra').expect(404);
      const call = await supertest(urlOf(old))
        .post('/v1/chat/completions')
        .set('authorization', `Bearer ${KEY}`)
        .send({ ...REQUEST, model: 'extra' })
        .expect(404);
      expect(call.body.error).toMatchObject({
        code: 'unknown_route',
        message: expect.stringContaining('one of: chat'),
      });
    });
  });

  describe('that brings an environment, the old replica', () => {
    let old: INestApplication;
    let next: INestApplication;
    let observed: Observation[];
    beforeEach(async () => {
      old = await replica(adapter, ['blue', 'green']);
      next = await replica(adapter, ['blue', 'green', 'teal']);
      await next.get(RolloutService).setTrafficWeights('chat', { blue: 50, teal: 50 });
      await caughtUp(old, next);
      observed = [];
      old.get(Telemetry).onObservation((observation) => observed.push(observation));
    });

    test('is ready, and says of that environment alone that it cannot be asked here', async () => {
      await get(old, '/health/ready').expect(200);
      const { body } = await get(old, '/health').expect(200);
      expect(body.details).toMatchObject({
        blue: { status: 'up' },
        green: { status: 'up' },
        teal: { status: 'degraded', message: expect.stringContaining('declare no upstream "chat/teal"') },
      });
    });

    test('sends its share to the live one, and charges nobody', async () => {
      for (let n = 0; n < 8; n++) await old.get(LlmRouterService).complete('chat', REQUEST);
      expect(new Set(stage.provider.calls.map(({ body }) => body['model']))).toEqual(new Set(['model-blue']));
      expect(observed).toHaveLength(8);
      for (const { environment, outcome } of observed) expect([environment, outcome]).toEqual(['blue', 'ok']);
    });

    test('asks others where it is forced, and where nobody answers it says so of who was really asked', async () => {
      expect(await forcedTo('teal', old)).toMatchObject({
        environment: 'blue',
        attempts: [{ environment: 'teal', failure: 'unsupported' }, { environment: 'blue' }],
      });
      stage.provider.always(fail(503));
      await expect(forcedTo('teal', old)).rejects.toMatchObject({ code: 'upstream_server_error', environment: 'blue' });
      expect(observed.map(({ callerOutcome }) => callerOutcome)).toEqual(['ok', 'server_error']);
    });

    test('cannot say that it is fit', async () => {
      const report = await old.get(RolloutService).preflight('chat', 'teal');
      expect(report).toMatchObject({ canDeploy: false, checks: [{ tier: 'connectivity', status: 'fail' }, {}, {}] });
    });
  });
});
