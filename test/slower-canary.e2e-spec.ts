import type { INestApplication } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { CanaryScheduler } from '../lib/rollout/canary-scheduler.js';
import type { StatusAnswer } from '../lib/http/control/answers/status.js';
import { control, controlOptions } from './support/control.js';
import { FakeClock } from './support/fake-clock.js';
import { answer } from './support/fake-provider.js';
import { KEY, startGateway } from './support/gateway.js';
import { seededRandom } from './support/seeded-random.js';
import { Stage, urlOf } from './support/stage.js';

/** Milliseconds of an answer of blue, before chance has its part. */
const USUAL = 1_200;
/** Requests between two looks of the scheduled job: half a minute of them. */
const BETWEEN_CHECKS = 25;
const MOST_REQUESTS = 3_500;

/** Every green answers well, and nothing but its time is different. */
describe.each(['express', 'fastify'] as const)('on %s, under the plan that nobody wrote', (adapter) => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await Stage.open();
    stage.provider.models = ['model-blue', 'model-green'];
  });
  afterEach(() => stage.close());

  /** Time passes only while the provider answers. */
  async function rollOut(
    slower: number,
    seed: number,
    gates?: object[],
  ): Promise<{ app: INestApplication; end: StatusAnswer }> {
    const clock = new FakeClock();
    const random = seededRandom(seed);
    const app = await startGateway(stage, adapter, { clock, options: controlOptions });
    stage.provider.always((request, response) => {
      const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
      clock.advance(USUAL * Math.exp(0.4 * normal) * (request.body['model'] === 'model-green' ? slower : 1));
      return answer()(request, response);
    });
    let asked = 0;
    const ask = async (times: number): Promise<void> => {
      for (let n = 0; n < times; n++) {
        const response = await fetch(`${urlOf(app)}/v1/chat/completions`, {
          method: 'POST',
          headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json', 'x-user-id': `u-${asked++}` },
          body: JSON.stringify({ model: 'chat', messages: [{ role: 'user', content: 'Hi' }] }),
        });
        expect(response.status).toBe(200);
        await response.text();
      }
    };
    await ask(300);
    await control(app, 'POST', '/rollouts/chat/start', gates ? { schedule: { gates } } : {});
    const status = async () => (await control(app, 'GET', '/rollouts/chat')).json as unknown as StatusAnswer;
    for (;;) {
      await ask(BETWEEN_CHECKS);
      await app.get(CanaryScheduler).tick();
      const end = await status();
      const { name } = end.rollout!.phase;
      if (name === 'Succeeded' || name === 'RolledBack' || asked > MOST_REQUESTS) return { app, end };
    }
  }

  test.each([2, 10])(
    'a green that is %d× slower is reverted, and the sentence says so in milliseconds',
    async (slower) => {
      const { end } = await rollOut(slower, 7);
      expect(end.rollout!.phase).toMatchObject({
        name: 'RolledBack',
        reason: expect.stringMatching(/^latency-p95-against-baseline: .* waited longer than \d+ ms on green/),
      });
      expect(end.environments['green']!.total.request_count).toBeLessThan(400);
    },
    60_000,
  );

  // A walk to the end takes thousands of requests: one for each adapter.
  const gates = adapter === 'express' ? undefined : [{ kind: 'latency', quantile: 0.95, tolerance: 0.2 }];
  const tolerated = gates ? 'where a fifth is tolerated' : 'where half as much again is tolerated';
  test(`a green that is a tenth slower ${tolerated} is not`, async () => {
    const { end } = await rollOut(1.1, 8, gates);
    expect(end.rollout!.phase.name).toBe('Succeeded');
  }, 60_000);
});
