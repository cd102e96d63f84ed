import type { INestApplication } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { LlmRouterService, RolloutService } from 'nestjs-blue-green';
import { ADAPTERS } from './support/app.js';
import { FakeClock } from './support/fake-clock.js';
import { startGateway } from './support/gateway.js';
import { Stage, urlOf } from './support/stage.js';

const MINUTE = 60_000;
const KEY = 'gateway-key-of-an-operator';
const REQUEST = { messages: [{ role: 'user', content: 'Hi' }] };

describe.each(ADAPTERS)('A step with few users, on %s', (adapter) => {
  let stage: Stage;
  let clock: FakeClock;
  let app: INestApplication;

  beforeEach(async () => {
    [stage, clock] = [await Stage.open(), new FakeClock()];
    app = await startGateway(stage, adapter, {
      clock,
      options: {
        controlApi: true,
        keys: [{ name: 'script', key: KEY, scopes: ['read', 'operate'] }],
        // Stretches of two minutes.
        rollout: {
          steps: [{ setWeight: 50, duration: '46m' }],
          gates: [{ kind: 'errorRate', tolerance: 0 }],
          preflight: false,
        },
      },
    });
    await app.get(RolloutService).start('chat');
  });
  afterEach(() => stage.close());

  async function ask(users: number, times: number): Promise<void> {
    const router = app.get(LlmRouterService);
    for (let n = 0; n < times; n++) {
      await Promise.all(
        Array.from({ length: users }, (_, user) => router.complete('chat', REQUEST, { key: `user-${user}` })),
      );
    }
  }

  /** What the rollout waits for. */
  async function waitsFor(): Promise<string> {
    const response = await fetch(`${urlOf(app)}/v1/rollouts/chat`, { headers: { authorization: `Bearer ${KEY}` } });
    const { rollout } = (await response.json()) as { rollout: { waits_for: string } };
    return rollout.waits_for;
  }

  test('waits for samples, however often the same users ask', async () => {
    await ask(30, 10);
    expect(await waitsFor()).toMatch(
      /^error-rate-against-baseline: 1\d of the 50 samples it needs: a user counts once/,
    );
    for (let minute = 0; minute < 10; minute += 2) {
      clock.advance(2 * MINUTE);
      await ask(30, 1);
    }
    expect(await waitsFor()).toMatch(/s of this stage are left$/);
  });
});
