import type { INestApplication } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { RolloutService } from 'nestjs-blue-green';
import { ADAPTERS } from './support/app.js';
import { answer, FakeProvider, json, type Behaviour } from './support/fake-provider.js';
import { sdkFor, startGateway } from './support/gateway.js';
import { Stage } from './support/stage.js';

const REFUSAL = { message: "Unsupported parameter: 'max_tokens'.", type: 'invalid_request_error', param: 'max_tokens' };

/** Every n-th request is one that this model does not take. */
function rejects(status: number, every: number, body: unknown = { error: REFUSAL }): Behaviour {
  let calls = 0;
  return (request, response) => (calls++ % every === 0 ? json(response, status, body) : answer()(request, response));
}

describe.each(ADAPTERS)('a green that rejects what blue takes, on %s', (adapter) => {
  let stage: Stage;
  let green: FakeProvider;
  let app: INestApplication;

  beforeEach(async () => {
    stage = await Stage.open();
    green = await FakeProvider.start();
    const blue = { model: 'model-blue', baseUrl: stage.provider.baseUrl, apiKey: 'sk-blue', weight: 100 };
    const environments = { blue, green: { model: 'model-green', baseUrl: green.baseUrl, apiKey: 'sk-green' } };
    // The gates are those that a plan has by default.
    const rollout = { steps: [{ setWeight: 50, duration: '10m' }] };
    app = await startGateway(stage, adapter, { options: { routes: { chat: { environments, rollout } } } });
  });
  afterEach(async () => {
    await stage.close();
    await green.stop();
  });

  test.each<[string, Behaviour]>([
    ['400 to all', rejects(400, 1)],
    ['400 to a third', rejects(400, 3)],
    ['422 to a third, in other words', rejects(422, 3, { detail: [{ loc: ['body', 'tools'], msg: 'Extra inputs' }] })],
  ])('with %s: every caller is served, and it is reverted', async (_, behaviour) => {
    green.always(behaviour);
    const rollouts = app.get(RolloutService);
    const sdk = sdkFor(app, { maxRetries: 0 });
    let users = 0;
    const ask = async (stream: boolean) => {
      const headers = { 'x-user-id': `user-${users++}` };
      const messages = [{ role: 'user' as const, content: 'Hi' }];
      const answered = await sdk.chat.completions.create({ model: 'chat', messages, stream }, { headers }).asResponse();
      return { status: answered.status, text: await answered.text() };
    };
    await rollouts.start('chat');
    const phase = () => rollouts.status('chat').rollout?.phase.name;
    for (let round = 0; round < 20 && phase() === 'Progressing'; round++) {
      for (const { status, text } of await Promise.all(Array.from({ length: 20 }, (__, n) => ask(n % 2 === 0)))) {
        expect([status, text]).toEqual([200, expect.stringContaining('Hello')]);
      }
    }
    expect(phase()).toBe('RolledBack');
    expect(rollouts.status('chat')).toMatchObject({ active: 'blue', weights: { blue: 100, green: 0 } });
    expect(green.calls.length).toBeGreaterThan(0);
  });
});
