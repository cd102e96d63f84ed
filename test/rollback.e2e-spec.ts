import type { INestApplication } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ADAPTERS } from './support/app.js';
import { control, controlOptions, OPERATOR } from './support/control.js';
import { runCli } from './support/cli.js';
import { blueAndGreen } from './support/environments.js';
import { sdkFor, startGateway } from './support/gateway.js';
import { Stage, urlOf } from './support/stage.js';

type Request = readonly [method: string, path: string, body?: object];

const BLUE = { blue: 100, green: 0 };
const CANARY: Request = ['PATCH', '/routing/policy', { routing: { weights: { blue: 90, green: 10 } } }];
const PROMOTE: Request = ['POST', '/rollouts/chat/promote'];

/** Everything that puts traffic on green. */
const WAYS: readonly (readonly [string, readonly Request[]])[] = [
  ['a canary by hand', [CANARY]],
  ['a canary that was promoted', [CANARY, PROMOTE]],
  ['a policy', [['PATCH', '/routing/policy', { routing: { weights: { blue: 0, green: 100 } } }]]],
  ['rules', [['PATCH', '/routes/traffic', { route_rules: [{ version_tag: 'v2', weight: 100 }] }]]],
  ['a shift', [['POST', '/rollouts/chat/shift', { target: 'green', increment: 30 }]]],
  ['a rollout', [['POST', '/rollouts/chat/start']]],
  ['a rollout that was promoted', [['POST', '/rollouts/chat/start'], PROMOTE]],
];

describe.each(ADAPTERS)('a rollback, on %s', (adapter) => {
  let stage: Stage;
  let app: INestApplication;

  beforeEach(async () => {
    stage = await Stage.open();
    const { blue, green } = blueAndGreen(stage.provider);
    app = await startGateway(stage, adapter, {
      options: {
        ...controlOptions,
        routes: { chat: { environments: { blue, green: { ...green, name: 'production-v2' } } } },
        scheduler: false,
        deployment: 'eu-west',
        rollout: { preflight: false },
      },
    });
  });
  afterEach(() => stage.close());

  const answeredBy = async () => {
    const client = sdkFor(app);
    const models = new Set<string>();
    for (let n = 0; n < 20; n++) {
      await client.chat.completions.create({
        model: 'chat',
        messages: [{ role: 'user', content: 'Hi' }],
        user: `u${n}`,
      });
      models.add(String(stage.provider.calls.at(-1)!.body['model']));
    }
    return [...models];
  };

  test.each(WAYS)('after %s returns everything to blue; a second one changes nothing', async (_way, requests) => {
    for (const named of [{}, { environment: 'green' }, { environment: 'eu-west' }]) {
      for (const [method, path, body = {}] of requests)
        expect((await control(app, method, path, body)).status).toBe(200);
      expect((await control(app, 'GET', '/rollouts/chat')).json).toMatchObject({ rollback_to: 'blue' });
      const done = await control(app, 'POST', '/rollouts/chat/rollback', named);
      expect([done.status, done.json]).toMatchObject([200, { changed: true, active: 'blue', weights: BLUE }]);
      expect(done.json).not.toHaveProperty('rollback_to');
      const again = await control(app, 'POST', '/rollouts/chat/rollback', named);
      expect([again.status, again.json]).toMatchObject([200, { changed: false, active: 'blue', weights: BLUE }]);
      expect(again.json['revision']).toBe(done.json['revision']);
    }
    expect(await answeredBy()).toEqual(['model-blue']);
  });

  test('knows an environment by its display name', async () => {
    await control(app, ...CANARY);
    const done = await control(app, 'POST', '/rollouts/chat/rollback', { environment: 'production-v2' });
    expect([done.status, done.json]).toMatchObject([200, { changed: true, weights: BLUE }]);
  });

  test('of a name that is neither an environment nor the deployment is refused', async () => {
    await control(app, ...CANARY);
    const { status, json } = await control(app, 'POST', '/rollouts/chat/rollback', { environment: 'production' });
    expect([status, json]).toMatchObject([422, { error: { code: 'unknown_environment' } }]);
    expect((await control(app, 'GET', '/rollouts/chat')).json).toMatchObject({
      canary_active: true,
      canary_percentage: 10,
    });
  });
});

/** A verb that said the same of both routes. */
const both = (words: string) => [0, '', `chat: ${words}`, `search: ${words}`];

test('verbs that move traffic by hand are for all routes, a line each, or for the one that is named', async () => {
  const stage = await Stage.open();
  try {
    const environments = blueAndGreen(stage.provider);
    const routes = { chat: { environments }, search: { environments } };
    const app = await startGateway(stage, 'express', { options: { ...controlOptions, routes, scheduler: false } });
    const env = { BLUE_GREEN_URL: `${urlOf(app)}/v1`, BLUE_GREEN_KEY: OPERATOR };
    const run = async (...args: string[]) => {
      const { code, stdout, stderr } = await runCli(args, env);
      return [code, stderr, ...stdout.trimEnd().split('\n')];
    };
    expect(await run('canary', '--percentage', '10')).toEqual(both('blue 90%, green 10%'));
    expect(await run('rollback', '--route', 'chat')).toContain('chat: blue 100%, green 0%');
    expect(await run('promote')).toEqual([
      0,
      '',
      'chat: blue 100%, green 0%; nothing to promote: "blue" is live, and nothing is on trial',
      'search: blue 0%, green 100%',
    ]);
    expect(await run('rollback', '--environment', 'production')).toEqual([
      0,
      '',
      'chat: blue 100%, green 0%; nothing to roll back: all of the traffic is on "blue"',
      'search: blue 100%, green 0%',
    ]);
    expect(await run('shift', '--target', 'green', '--increment', '10')).toEqual(both('blue 90%, green 10%'));
    expect((await run('traffic-shift', '--blue', '100', '--red', '0'))[0]).toBe(2);
    expect(await run('traffic-shift', '--blue', '100', '--green', '0')).toEqual(both('blue 100%, green 0%'));
    expect((await run('rollback', '--environment', 'staging'))[0]).toBe(2);
    await control(app, 'POST', '/rollouts/search/start');
    const [code, error, ...lines] = await run('canary', '--percentage', '20');
    expect([code, error]).toEqual([5, expect.stringContaining('error: search: A rollout is running')]);
    expect(lines).toEqual(['chat: blue 80%, green 20%']);
    expect((await run('rollback', '--expected-revision', '1'))[0]).toBe(2);
  } finally {
    await stage.close();
  }
});
