import type { INestApplication } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { RolloutService } from 'nestjs-blue-green';
import { ADAPTERS } from './support/app.js';
import { runCli } from './support/cli.js';
import { control, controlOptions, OPERATOR } from './support/control.js';
import { blueAndGreen } from './support/environments.js';
import { valueOf } from './support/exposition.js';
import { sdkFor, startGateway, TESTER_KEY } from './support/gateway.js';
import { metricsOf } from './support/metrics.js';
import { Organizations } from './support/organizations.js';
import { Stage, urlOf } from './support/stage.js';

const TESTER = { name: 'tester', key: TESTER_KEY, environments: ['green'] };
const GONE = { status: 400, code: 'previous_response_not_found' };

describe.each(ADAPTERS)('conversations that a rollback has left on green, on %s,', (adapter) => {
  let stage: Stage;
  let orgs: Organizations;
  let app: INestApplication;
  let openai: ReturnType<typeof sdkFor>;
  let id: string;

  const ask = (previous_response_id?: string, headers = {}) =>
    openai.responses.create(
      { model: 'chat', input: 'Hi', ...(previous_response_id && { previous_response_id }) },
      { headers },
    );
  const asked = () => stage.provider.calls.map(({ headers }) => headers['x-environment']);

  beforeEach(async () => {
    stage = await Stage.open();
    orgs = new Organizations();
    stage.provider.always(orgs.behaviour);
    app = await startGateway(stage, adapter, {
      options: {
        ...controlOptions,
        keys: [...controlOptions.keys, TESTER],
        routes: { chat: { environments: blueAndGreen(stage.provider) } },
        scheduler: false,
        breaker: { size: 2, minCalls: 2 },
        retry: { attempts: 1 },
        prometheus: { registry: new Registry() },
      },
    });
    openai = sdkFor(app, { maxRetries: 0 });
    await app.get(RolloutService).setTrafficWeights('chat', { blue: 90, green: 10 });
    ({ id } = await ask(undefined, { 'x-environment': 'green', authorization: `Bearer ${TESTER_KEY}` }));
    await app.get(RolloutService).rollback('chat');
    stage.provider.seen.length = 0;
  });
  afterEach(() => stage.close());

  test('are counted beside its traffic: it has none of the weight', async () => {
    await ask(id);
    await ask(id);
    await ask();
    expect(asked()).toEqual(['green', 'green', 'blue']);
    const { json } = await control(app, 'GET', '/rollouts/chat');
    expect(json).toMatchObject({
      weights: { green: 0 },
      environments: {
        blue: { weight: 100, total: { request_count: 1, bound_count: 0 }, recent: { bound_count: 0 } },
        green: { weight: 0, total: { request_count: 3, bound_count: 2 }, recent: { bound_count: 2 } },
      },
    });
    const metrics = await metricsOf(app);
    const bound = (environment: string) =>
      valueOf(metrics, 'blue_green_bound_requests_total', { route: 'chat', environment });
    expect([bound('green'), bound('blue')]).toEqual([2, 0]);
  });

  test('end when their maker is left alone because it fails', async () => {
    orgs.down.add('green');
    for (const _ of [1, 2]) await expect(ask(id)).rejects.toMatchObject({ code: 'upstream_server_error' });
    await expect(ask(id)).rejects.toMatchObject(GONE);
    expect(asked()).toEqual(['green', 'green']);
  });

  test('end by a second rollback that says so, from the command line', async () => {
    await ask(id);
    const env = { BLUE_GREEN_URL: `${urlOf(app)}/v1`, BLUE_GREEN_KEY: OPERATOR };
    const { code, stdout, stderr } = await runCli(['rollback', '--bound', 'refuse'], env);
    expect([code, stderr, stdout.split('\n')[0]]).toEqual([
      0,
      '',
      expect.stringContaining('chat: blue 100%, green 0%'),
    ]);
    await expect(ask(id)).rejects.toMatchObject(GONE);
    expect(asked()).toEqual(['green']);
    const again = await runCli(['rollback', '--bound', 'refuse'], env);
    expect(again.stdout).toMatch(/^Nothing to roll back/);
    expect((await runCli(['rollback', '--bound', 'strip'], env)).code).toBe(2);
  });

  test('end by one over HTTP, and go on once green gets traffic again', async () => {
    const { status, json } = await control(app, 'POST', '/rollouts/chat/rollback', { bound: 'refuse' });
    expect([status, json['changed']]).toEqual([200, true]);
    await expect(ask(id)).rejects.toMatchObject(GONE);
    await app.get(RolloutService).setTrafficWeights('chat', { blue: 90, green: 10 });
    await ask(id);
    expect(asked()).toEqual(['green']);
  });
});
