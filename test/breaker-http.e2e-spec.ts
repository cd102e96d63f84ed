import type { INestApplication } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { CanaryScheduler } from '../lib/rollout/canary-scheduler.js';
import type { StatusAnswer } from '../lib/http/control/answers/status.js';
import { control, controlOptions } from './support/control.js';
import { FakeClock } from './support/fake-clock.js';
import { answer, fail, type Behaviour } from './support/fake-provider.js';
import { KEY, startGateway } from './support/gateway.js';
import { seededRandom } from './support/seeded-random.js';
import { Stage, urlOf } from './support/stage.js';

const MINUTE = 60_000;

describe.each(['express', 'fastify'] as const)('on %s, the breaker of the canary', (adapter) => {
  let stage: Stage;
  let app: INestApplication;
  let clock: FakeClock;
  let users: number;

  beforeEach(async () => {
    stage = await Stage.open();
    stage.provider.models = ['model-blue', 'model-green', 'model-new'];
    users = 0;
    clock = new FakeClock();
    app = await startGateway(stage, adapter, {
      clock,
      options: { ...controlOptions, retry: { attempts: 1 }, rollout: { preflight: false, gates: [] } },
    });
  });
  afterEach(() => stage.close());

  /** Green behaves like this, blue answers. */
  function green(behaviour: Behaviour): void {
    stage.provider.always((request, response) =>
      (request.body['model'] === 'model-blue' ? answer() : behaviour)(request, response),
    );
  }

  /** Requests of as many new users: who answered each, and whether by fallback. */
  async function ask(times: number) {
    const all: { status: number; by: string | null; isFallback: boolean }[] = [];
    for (let n = 0; n < times; n++) {
      const response = await fetch(`${urlOf(app)}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json', 'x-user-id': `u-${users++}` },
        body: JSON.stringify({ model: 'chat', messages: [{ role: 'user', content: 'Hi' }] }),
      });
      await response.text();
      const isFallback = response.headers.get('x-fallback') === 'true';
      all.push({ status: response.status, by: response.headers.get('x-deployment-env'), isFallback });
    }
    return all;
  }

  const status = async () => (await control(app, 'GET', '/rollouts/chat')).json as unknown as StatusAnswer;
  const start = (schedule: object) => control(app, 'POST', '/rollouts/chat/start', { schedule });
  const half = { setWeight: 50, duration: '10m' };

  test('does not send half of the answers to the fallback when a fifth of the calls fail at random', async () => {
    const random = seededRandom(5);
    green((request, response) => (random() < 0.2 ? fail(500) : answer())(request, response));
    await control(app, 'PATCH', '/routes/traffic', { health_check: { enabled: false } });
    await control(app, 'POST', '/rollouts/chat/shift', { target: 'green', increment: 99 });
    const all = await ask(600);
    expect(all.every(({ status: code }) => code === 200)).toBe(true);
    const saved = all.filter(({ isFallback }) => isFallback).length;
    expect(saved).toBeGreaterThan(60);
    expect(saved).toBeLessThan(180);
  });

  test('counts what it refuses against nobody, and keeps a stage until it has been closed for its time', async () => {
    await start({ steps: [half, { setWeight: 100, duration: '10h' }], fastTrip: { consecutiveFailures: 0 } });
    await ask(60);
    clock.advance(5 * MINUTE);
    green(fail(500));
    await ask(120);
    const counted = (await status()).environments['green']!.total.error_count;
    expect((await ask(60)).every(({ status: code, by }) => code === 200 && by === 'blue')).toBe(true);
    expect((await status()).environments['green']!.total.error_count).toBe(counted);

    green(answer());
    clock.advance(9 * MINUTE);
    await ask(60);
    await app.get(CanaryScheduler).tick();
    const held = await status();
    expect(held.rollout?.phase).toMatchObject({ name: 'Progressing', step: 0 });
    expect(held.rollout?.waits_for).toMatch(/^the breaker of "green" was open \d+ s ago: this stage needs 600 s without that$/); // prettier-ignore
    clock.advance(2 * MINUTE);
    await app.get(CanaryScheduler).tick();
    expect((await status()).rollout?.phase).toMatchObject({ name: 'Progressing', step: 1 });
  });

  describe('once it is open', () => {
    beforeEach(async () => {
      await control(app, 'PATCH', '/routes/traffic', { health_check: { enabled: false } });
      await control(app, 'POST', '/rollouts/chat/shift', { target: 'green', increment: 90 });
      green(fail(500));
      await ask(60);
      green(answer());
      expect((await ask(20)).some(({ by }) => by === 'green')).toBe(false);
    });

    test.each<[string, () => Promise<unknown>]>([
      ['a promotion', () => control(app, 'POST', '/rollouts/chat/promote', {})],
      ['a start', () => start({ steps: [{ setWeight: 95, duration: '10h' }] })],
      ['a shift by hand', () => control(app, 'POST', '/rollouts/chat/shift', { target: 'green', increment: 5 })],
      [
        'another version',
        async () => {
          const version = { version_tag: 'v3', model: 'model-new', upstream_endpoint: 'chat/green', parameters: {} };
          expect((await control(app, 'POST', '/models/versions', version)).status).toBe(201);
          const rules = [
            { version_tag: 'v1', weight: 10 },
            { version_tag: 'v3', weight: 90 },
          ];
          const { status: code } = await control(app, 'POST', '/routes/traffic', {
            model_alias: 'chat',
            route_rules: rules,
          });
          expect(code).toBe(200);
        },
      ],
    ])('%s closes it', async (_, act) => {
      await act();
      expect((await ask(20)).some(({ by }) => by === 'green')).toBe(true);
    });
  });
});
