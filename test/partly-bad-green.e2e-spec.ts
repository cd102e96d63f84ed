import type { INestApplication } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { RolloutService, type RouteStatus } from 'nestjs-blue-green';
import { ADAPTERS } from './support/app.js';
import { answer, fail, FakeProvider, type SeenRequest } from './support/fake-provider.js';
import { KEY, startGateway } from './support/gateway.js';
import { seededRandom } from './support/seeded-random.js';
import { Stage, urlOf } from './support/stage.js';

const TOOL = { type: 'function', function: { name: 'find', parameters: { type: 'object' } } };

describe.each(ADAPTERS)('a green that is bad for a part of the traffic, on %s', (adapter) => {
  let stage: Stage;
  let green: FakeProvider;
  let app: INestApplication;
  let users: number;
  const random = seededRandom(7);

  beforeEach(async () => {
    [stage, green, users] = [await Stage.open(), await FakeProvider.start(), 0];
    const blue = { model: 'model-blue', baseUrl: stage.provider.baseUrl, apiKey: 'sk-blue', weight: 100 };
    const environments = { blue, green: { model: 'model-green', baseUrl: green.baseUrl, apiKey: 'sk-green' } };
    // One of the gates that a plan has by default. Both fail too often for its ceiling.
    const rollout = {
      steps: [{ setWeight: 50, duration: '10m' }],
      gates: [{ kind: 'errorRate' as const, tolerance: 0 }],
      groupBy: 'X-Tenant-Id',
      preflight: false,
    };
    const options = { routes: { chat: { environments, rollout } }, retry: { attempts: 1 }, breaker: false as const };
    app = await startGateway(stage, adapter, { options });
    await app.get(RolloutService).start('chat');
  });
  afterEach(async () => {
    await stage.close();
    await green.stop();
  });

  /** A tenth of all requests fail, and on green this share of those that are meant. */
  const failing = (share: number, isMeant: (request: SeenRequest) => boolean) => (request: SeenRequest) =>
    random() < (isMeant(request) ? share : 0.1) ? fail(500) : answer();

  async function ask(tenant: number, hasTools: boolean): Promise<void> {
    const tools = hasTools ? { tools: [TOOL] } : {};
    const response = await fetch(`${urlOf(app)}/v1/chat/completions`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${KEY}`,
        'content-type': 'application/json',
        'x-user-id': `user-${users++}`,
        'x-tenant-id': `tenant-${tenant}`,
      },
      body: JSON.stringify({ model: 'chat', messages: [{ role: 'user', content: `I am of ${tenant}.` }], ...tools }),
    });
    await response.text();
  }

  async function reverted(isMeant: (request: SeenRequest) => boolean): Promise<RouteStatus['rollout']> {
    const onGreen = failing(0.8, isMeant);
    const onBlue = failing(0.1, () => false);
    green.always((request, response) => onGreen(request)(request, response));
    stage.provider.always((request, response) => onBlue(request)(request, response));
    const rollouts = app.get(RolloutService);
    for (let round = 0; round < 60; round++) {
      await Promise.all(Array.from({ length: 20 }, (_, n) => ask((n + round) % 10, n % 10 === 3)));
      const { rollout } = rollouts.status('chat');
      if (rollout?.phase.name !== 'Progressing') return rollout;
    }
    return undefined;
  }

  test('one tenant of ten: it is reverted, and the sentence says of which group', async () => {
    const rollout = await reverted(({ body }) => JSON.stringify(body).includes('I am of 4.'));
    expect(rollout?.phase).toMatchObject({
      name: expect.stringMatching(/^(Aborting|RolledBack)$/),
      reason: expect.stringMatching(/among requests of group \d of 8 \d+ users failed on green/),
    });
  });

  test('requests with tools: it is reverted, and the sentence says so', async () => {
    const rollout = await reverted(({ body }) => 'tools' in body);
    expect(rollout?.phase).toMatchObject({
      reason: expect.stringMatching(/among requests with tools \d+ users failed on green/),
    });
  });
});
