import type { INestApplication } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { CanaryScheduler } from '../lib/rollout/canary-scheduler.js';
import type { StatusAnswer } from '../lib/http/control/answers/status.js';
import { runCli } from './support/cli.js';
import { control, controlOptions, OPERATOR } from './support/control.js';
import { FakeClock } from './support/fake-clock.js';
import { fail, answer } from './support/fake-provider.js';
import { sdkFor, startGateway } from './support/gateway.js';
import { Stage, urlOf } from './support/stage.js';

const HOUR = 3_600_000;
const messages = [{ role: 'user' as const, content: 'Hi' }];

describe.each(['express', 'fastify'] as const)('on %s, steps that are long enough', (adapter) => {
  let stage: Stage;
  let app: INestApplication;
  let clock: FakeClock;
  beforeEach(async () => {
    stage = await Stage.open();
    stage.provider.models = ['model-blue', 'model-green'];
    clock = new FakeClock();
    app = await startGateway(stage, adapter, {
      clock,
      options: { ...controlOptions, retry: { attempts: 1 }, breaker: false },
    });
  });
  afterEach(() => stage.close());

  /** Requests within the hour, of which two in a hundred fail. */
  async function ask(times: number): Promise<void> {
    let calls = 0;
    stage.provider.always((request, response) => (++calls % 50 === 0 ? fail(500) : answer())(request, response));
    const client = sdkFor(app, { maxRetries: 0 });
    for (let n = 0; n < times; n += 25) {
      await Promise.all(Array.from({ length: 25 }, (_, i) =>
        client.chat.completions.create({ model: 'chat', messages }, { headers: { 'x-user-id': `user-${n + i}` } }).catch(() => undefined),
      )); // prettier-ignore
      clock.advance((HOUR * 25) / times);
    }
  }

  test('a start answers what each step can find at the traffic before it, and so does the command line', async () => {
    await ask(200);
    const { status, json } = await control(app, 'POST', '/rollouts/chat/start', {});
    expect(status).toBe(200);
    const { rollout, warnings } = json as unknown as StatusAnswer;
    expect(rollout?.sight).toMatchObject({ failure_rate: 0.02, steps: [{ step: 0 }, { step: 1 }, { step: 2 }] });
    expect(rollout!.sight!.requests_per_hour).toBeGreaterThan(150);
    expect(rollout!.sight!.steps[0]).toMatchObject({ detects: null, message: expect.stringMatching(/^Step 1 \(5% for 10 min\) would miss a green 3× worse in more than 99% of cases; [\d.]+ h would find it in 4 of 5\.$/) }); // prettier-ignore
    expect(warnings).toContainEqual(expect.stringMatching(/^At \d+ requests an hour, of which 2% fail: Step 1 /));
    const env = { BLUE_GREEN_URL: `${urlOf(app)}/v1`, BLUE_GREEN_KEY: OPERATOR };
    expect((await runCli(['status'], env)).stdout).toContain('! At ');
    await control(app, 'POST', '/rollouts/chat/rollback', {});
    expect((await runCli(['start'], env)).stdout).toMatch(/\n {2}Step 1 \(5% for 10 min\) would miss a green 3× worse/);
  });

  test('a start without traffic says that it cannot tell', async () => {
    const { json } = await control(app, 'POST', '/rollouts/chat/start', {});
    expect(json).toMatchObject({
      rollout: { sight: { failure_rate: null, steps: [] } },
      warnings: [expect.stringContaining('too few to say what each step can find')],
    });
  });

  test('a step with "detect" lasts beyond its time until it has seen enough', async () => {
    const schedule = {
      steps: [
        { setWeight: 50, duration: '1m', holdConditions: { detect: 10 } },
        { setWeight: 100, duration: '100h' },
      ],
      gates: [{ kind: 'errorRate', tolerance: 0 }],
    };
    await control(app, 'POST', '/rollouts/chat/start', { schedule });
    await ask(150);
    const tick = async () => {
      await app.get(CanaryScheduler).tick();
      return (await control(app, 'GET', '/rollouts/chat')).json as unknown as StatusAnswer;
    };
    const waiting = await tick();
    expect(waiting.rollout?.phase).toMatchObject({ name: 'Progressing', step: 0 });
    expect(waiting.rollout?.waits_for).toMatch(/^a "green" 10× worse would have been found in \d+% of cases by now, and "detect" asks for 80%: about \d+ more requests on both$/); // prettier-ignore
    await ask(600);
    const done = await tick();
    expect(done.rollout?.phase).toMatchObject({ name: 'Progressing', step: 1 });
  });
});
