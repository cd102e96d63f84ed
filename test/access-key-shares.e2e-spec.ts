import type { INestApplication } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { RolloutService } from 'nestjs-blue-green';
import { answer, fail, type Behaviour } from './support/fake-provider.js';
import { startGateway } from './support/gateway.js';
import { turn } from './support/rollouts.js';
import { Stage, urlOf } from './support/stage.js';

const NAMES = Array.from({ length: 10 }, (_, n) => `tenant-${n}`);
const keyOf = (name: string) => `gateway-key-of-${name}`;

/** Green fails on one prompt, which blue answers. */
const poisonedBy =
  (failure: Behaviour): Behaviour =>
  (request, response) => {
    const isPoison = JSON.stringify(request.body).includes('POISON') && request.body['model'] === 'model-green';
    return (isPoison ? failure : answer())(request, response);
  };

describe.each(['express', 'fastify'] as const)('on %s, one access key', (adapter) => {
  let stage: Stage;
  let app: INestApplication;
  let users: number;
  beforeEach(async () => {
    stage = await Stage.open();
    users = 0;
  });
  afterEach(() => stage.close());

  async function start(names: readonly string[], options: object = {}): Promise<void> {
    app = await startGateway(stage, adapter, {
      options: {
        keys: names.map((name) => ({ name, key: keyOf(name) })),
        rollout: { steps: [{ setWeight: 50, duration: '10h' }], gates: [], preflight: false },
        retry: { attempts: 1 },
        ...options,
      },
    });
    await app.get(RolloutService).start('chat');
    for (let n = 0; n < 600; n += 50) await ask(names, 50, 'Hi');
  }

  /** Requests of as many new users, by these keys in turn: the environments that answered. */
  async function ask(names: readonly string[], times: number, content: string): Promise<(string | null)[]> {
    const all = Array.from({ length: times }, async (_, n) => {
      const response = await fetch(`${urlOf(app)}/v1/chat/completions`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${keyOf(names[n % names.length]!)}`,
          'content-type': 'application/json',
          'x-user-id': `user-${users++}`,
        },
        body: JSON.stringify({ model: 'chat', messages: [{ role: 'user', content }] }),
      });
      await response.text();
      return response.headers.get('x-deployment-env');
    });
    const answered = await Promise.all(all);
    await turn();
    return answered;
  }

  const phase = () => app.get(RolloutService).status('chat').rollout?.phase.name;

  test('that sends what only green fails on, under invented users, does not revert it; several do', async () => {
    stage.provider.always(poisonedBy(fail(500)));
    await start(NAMES, { breaker: false });
    await ask(['tenant-0'], 60, 'POISON');
    expect(phase()).toBe('Progressing');
    await ask(NAMES, 60, 'POISON');
    expect(phase()).toBe('RolledBack');
  });

  test('is no limit where the gateway has only that one', async () => {
    stage.provider.always(poisonedBy(fail(500)));
    await start(['tenant-0'], { breaker: false });
    await ask(['tenant-0'], 60, 'POISON');
    expect(phase()).toBe('RolledBack');
  });

  test('that sends what only green rejects takes green away from nobody else; several do', async () => {
    stage.provider.always(poisonedBy(fail(400, 'unsupported_value')));
    await start(NAMES, { breaker: { size: 20, minCalls: 20, threshold: 0.5 } });
    await ask(['tenant-0'], 80, 'POISON');
    expect(await ask(NAMES, 40, 'Hi')).toContain('green');
    await ask(NAMES, 80, 'POISON');
    expect(await ask(NAMES, 40, 'Hi')).not.toContain('green');
    expect(phase()).not.toBe('Succeeded');
  });
});
