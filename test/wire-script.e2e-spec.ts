import type { INestApplication } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { AlertService } from 'nestjs-blue-green';
import { CanaryScheduler } from '../lib/rollout/canary-scheduler.js';
import { ADAPTERS } from './support/app.js';
import { answer, fail } from './support/fake-provider.js';
import { blueAndGreen } from './support/environments.js';
import { KEY, startGateway } from './support/gateway.js';
import { Stage, urlOf } from './support/stage.js';

const OPERATOR = 'gateway-key-of-an-operator';
const OPTIONS = {
  controlApi: true,
  keys: [
    { name: 'web', key: KEY },
    { name: 'script', key: OPERATOR, scopes: ['inference' as const, 'read' as const, 'operate' as const] },
  ],
};

/** Whatever the API says: the expectations know. */
interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly json: {
    readonly [field: string]: unknown;
    readonly error: { readonly code: string; readonly message: string };
    readonly weights: Readonly<Record<string, number>>;
  };
}

/** A script written against any relay of this kind: one base URL, one key. */
class Script {
  constructor(
    private readonly app: INestApplication,
    private readonly key = OPERATOR,
  ) {}

  async call(method: string, path: string, body?: unknown): Promise<Reply> {
    const response = await fetch(`${urlOf(this.app)}/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, headers: response.headers, json: (await response.json()) as Reply['json'] };
  }

  /** Validates its key, and with it who has this model. */
  tried(testModel: string, dryRun = false): Promise<Reply> {
    return this.call('POST', '/auth/validate', { testModel, dryRun });
  }

  /** How many of so many calls each version answered. */
  async traffic(calls: number): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (let n = 0; n < calls; n++) {
      const { headers } = await this.call('POST', '/chat/completions', {
        model: 'chat',
        messages: [{ role: 'user', content: 'Hi' }],
      });
      const version = headers.get('x-model-version')!;
      counts[version] = (counts[version] ?? 0) + 1;
    }
    return counts;
  }
}

const [failing, healthy] = [fail(500), answer()];

describe.each(ADAPTERS)('a script with the usual wire names, on %s', (adapter) => {
  let stage: Stage;
  let script: Script;
  let app: INestApplication;

  beforeEach(async () => {
    stage = await Stage.open();
    app = await startGateway(stage, adapter, { options: OPTIONS });
    script = new Script(app);
  });
  afterEach(() => stage.close());

  const register = (version_tag: string, more: object = {}) =>
    script.call('POST', '/models/versions', { version_tag, model: 'gpt-4o', ...more });
  const split = (rules: Record<string, number>) =>
    script.call('PATCH', '/routes/traffic', {
      model_alias: 'chat',
      route_rules: Object.entries(rules).map(([version_tag, weight]) => ({ version_tag, weight })),
    });

  test('registers two versions, splits 95/5, reads metrics, goes on to 0/100, and back', async () => {
    const first = await register('v1.0', { parameters: { temperature: 0 }, metadata: { owner: 'shop' } });
    expect([first.status, first.json]).toMatchObject([201, { version_id: expect.stringMatching(/^ver_/) }]);
    expect((await register('v1.1', { system_prompt: 'Be brief.' })).status).toBe(201);

    const started = await script.call('POST', '/routes/traffic', {
      model_alias: 'chat',
      route_rules: [
        { version_tag: 'v1.0', weight: 95 },
        { version_tag: 'v1.1', weight: 5 },
      ],
    });
    expect(started).toMatchObject({
      status: 200,
      json: { status: 'active', active_version: 'v1.0', route_id: 'chat' },
    });
    const counts = await script.traffic(60);
    expect(counts['v1.0']).toBeGreaterThan(40);

    const metrics =
      '/metrics/versions?version_tag=v1.0&metrics=request_count,error_rate,latency_p50,latency_p99,cost_per_token';
    const { json } = await script.call('GET', `${metrics}&start_time=2020-01-01T00:00:00Z`);
    expect(json.data).toEqual([
      {
        version_tag: 'v1.0',
        request_count: counts['v1.0'],
        error_rate: 0,
        latency_p50_ms: expect.any(Number),
        latency_p99_ms: expect.any(Number),
        cost_per_token: expect.any(Number),
      },
    ]);
    for (const start of ['2020-01-01T00:00:00', '2020-01-01', '1577836800000', '2020-01-01T01:00:00%2B01:00']) {
      expect((await script.call('GET', `${metrics}&start_time=${start}`)).json.data).toEqual(json.data);
    }
    const unread = await script.call('GET', '/metrics/versions?end_time=2020-01-01');
    expect(unread.json.error.message).toMatch(/end_time is not a time .* Use a time like 2026-01-01T00:00:00Z/);
    const before = await script.call('GET', `${metrics}&end_time=2020-01-01T00:00:00Z`);
    expect(before.json.data).toMatchObject([{ request_count: 0, error_rate: null }]);
    const zeros = { request_count: 0, error_rate: 0, latency_p50_ms: 0, latency_p99_ms: 0, cost_per_token: 0 };
    expect(before.json).toMatchObject({ version_tag: 'v1.0', ...zeros });
    expect(json).toMatchObject({ version_tag: 'v1.0', ...(json['data'] as object[])[0] });
    const idle = (await script.call('GET', '/metrics/versions?version_tag=never-seen&metrics=error_rate')).json;
    expect(idle).toEqual({
      object: 'list',
      version_tag: 'never-seen',
      request_count: 0,
      error_rate: 0,
      data: [{ version_tag: 'never-seen', error_rate: null }],
    });
    expect(Object.keys((await script.call('GET', '/metrics/versions')).json)).toEqual(['object', 'data']);

    await split({ 'v1.0': 75, 'v1.1': 25 });
    expect((await script.traffic(40))['v1.1']).toBeGreaterThan(1);
    const policy = await script.call('PATCH', '/routing/policy', {
      routing: { strategy: 'weighted', weights: { 'v1.0': 50, 'v1.1': 50 } },
    });
    expect(policy.json.weights).toMatchObject({ blue: 50, green: 50 });
    expect((await split({ 'v1.0': 0, 'v1.1': 100 })).json.active_version).toBe('v1.1');
    expect(await script.traffic(5)).toEqual({ 'v1.1': 5 });
    expect((await split({ 'v1.0': 100 })).json.active_version).toBe('v1.0');
    expect(await script.traffic(5)).toEqual({ 'v1.0': 5 });
  });

  test('what a version says is what the provider gets', async () => {
    await register('v1.0', { model: 'gpt-4.1', parameters: { temperature: 0.5 }, system_prompt: 'Be brief.' });
    await split({ 'v1.0': 100 });
    await script.traffic(1);
    expect(stage.provider.calls.at(-1)!.body).toMatchObject({
      model: 'gpt-4.1',
      temperature: 0.5,
      messages: [{ role: 'system', content: 'Be brief.' }, { role: 'user' }],
    });
  });

  test('a version is registered by what was answered for another: null is left out', async () => {
    const { version_id: _, created_at: __, ...plain } = (await register('plain')).json;
    expect(plain).toMatchObject({ system_prompt: null, upstream_endpoint: null, cost_limit_per_request: null });
    expect((await script.call('POST', '/models/versions', plain)).status).toBe(201);
    expect((await register('bare', { parameters: null, metadata: null })).json).toMatchObject({ metadata: {} });
  });

  test('capabilities are taken, shown and used', async () => {
    const capabilities = {
      provider: 'anthropic',
      max_tokens: 128_000,
      supports_streaming: true,
      supports_tools: false,
    };
    const model = 'anthropic/claude-sonnet-4-20250514';
    const { status, json } = await register('v-able', { model, capabilities });
    expect([status, json['capabilities']]).toEqual([201, { ...capabilities, assistant_prefill: true }]);
    expect((await script.call('GET', '/models/versions/v-able')).json['capabilities']).toEqual(json['capabilities']);
    expect((await register('v-bare')).json['capabilities']).toBeNull();
    await split({ 'v-able': 100 });
    const messages = [{ role: 'user', content: 'Hi' }];
    const tools = [{ type: 'function', function: { name: 'parcel' } }];
    await script.call('POST', '/chat/completions', { model: 'chat', messages, tools });
    expect(stage.provider.calls.map(({ body }) => body['model'])).not.toContain(model);
    await script.call('POST', '/chat/completions', { model: 'chat', messages });
    expect(stage.provider.calls.at(-1)!.body['model']).toBe(model);
    expect((await register('v-odd', { capabilities: { max_tokens: 'many' } })).status).toBe(422);
  });

  test('upstream_endpoint may be the name of a provider behind the relay', async () => {
    const { baseUrl } = stage.provider;
    const [blue, green] = ['anthropic/claude-sonnet-4', 'anthropic/claude-haiku-4'].map((model, index) => ({
      model,
      baseUrl,
      apiKey: 'relay-key',
      weight: index === 0 ? 100 : 0,
    }));
    const routes = { chat: { environments: { blue: blue!, green: green! } } };
    script = new Script(await startGateway(stage, adapter, { options: { ...OPTIONS, routes } }));
    expect(
      await register('v-claude', { model: 'anthropic/claude-sonnet-4', upstream_endpoint: 'anthropic' }),
    ).toMatchObject({ status: 201, json: { version_id: expect.any(String) } });
    await split({ 'v-claude': 100 });
    expect(await script.traffic(1)).toEqual({ 'v-claude': 1 });
    const unknown = await register('v-mistral', { upstream_endpoint: 'mistral' });
    expect([unknown.status, unknown.json.error.message]).toEqual([
      422,
      expect.stringMatching(/found: "mistral"\)\. Use one of: chat\/blue \(anthropic\), chat\/green \(anthropic\)/),
    ]);
  });

  test('a version is registered once: the same again is fine, another content is a conflict', async () => {
    const first = await register('v1.0');
    expect((await register('v1.0')).json.version_id).toBe(first.json.version_id);
    expect(await register('v1.0', { model: 'other' })).toMatchObject({
      status: 409,
      json: { error: { code: 'version_exists' } },
    });
    expect((await script.call('GET', '/models/versions')).json.data).toHaveLength(1);
  });

  test.each<[string, string, string, unknown, number, RegExp]>([
    ['a tag with capitals', 'POST', '/models/versions', { version_tag: 'V1', model: 'm' }, 422, /lower-case letters/],
    [
      'an address of its own',
      'POST',
      '/models/versions',
      { version_tag: 'v', model: 'm', upstream_endpoint: 'http://evil.example' },
      422,
      /chat\/blue/,
    ],
    [
      'weights that sum to 90',
      'PATCH',
      '/routes/traffic',
      { model_alias: 'chat', route_rules: { blue: 60, green: 30 } },
      422,
      /sum to 90/,
    ],
    [
      'one version with two weights',
      'PATCH',
      '/routes/traffic',
      {
        model_alias: 'chat',
        route_rules: [
          { version_tag: 'blue', weight: 50 },
          { version_tag: 'blue', weight: 100 },
        ],
      },
      422,
      /lists a version twice/,
    ],
    [
      'a version that nobody knows',
      'PATCH',
      '/routes/traffic',
      { model_alias: 'chat', route_rules: { nope: 100 } },
      404,
      /no version "nope"/,
    ],
    [
      'a route that nobody knows',
      'PATCH',
      '/routes/traffic',
      { model_alias: 'nope', route_rules: { blue: 100 } },
      404,
      /no route "nope"/,
    ],
    ['a metric that nobody knows', 'GET', '/metrics/versions?metrics=happiness', undefined, 422, /request_count/],
    [
      'a revision that has passed',
      'PATCH',
      '/routes/traffic',
      { route_rules: { green: 100 }, expected_revision: 0 },
      409,
      /revision/,
    ],
  ])('%s is an error that says what to do', async (_, method, path, body, status, message) => {
    const reply = await script.call(method, path, body);
    expect(reply.status).toBe(status);
    expect(reply.json.error.message).toMatch(message);
  });

  test('a key without the scope is told so; one that nobody knows is not let in', async () => {
    const body = { route_rules: { green: 100 } };
    expect(await new Script(app, KEY).call('PATCH', '/routes/traffic', body)).toMatchObject({
      status: 403,
      json: { error: { code: 'insufficient_scope' } },
    });
    expect((await new Script(app, 'nobody').call('PATCH', '/routes/traffic', body)).status).toBe(401);
  });

  test('a key is validated, and with it the provider behind a route', async () => {
    const valid = { valid: true, quota: null, rateLimit: null, expiresAt: null, checked_at: null, error: null };
    expect((await script.call('POST', '/auth/validate', { dryRun: true })).json).toEqual(valid);
    const asked = { ...valid, checked_at: expect.any(String) };
    expect((await script.call('POST', '/auth/validate', { testModel: 'chat' })).json).toEqual(asked);
  });

  test('a model stands for the environment that has it, and one that nobody has is not valid', async () => {
    expect((await script.tried('model-green')).json).toMatchObject({ valid: true });
    for (const dryRun of [true, false]) {
      expect(await script.tried('model-red', dryRun)).toMatchObject({
        status: 404,
        json: { error: { message: expect.stringContaining('Use one of: chat, model-blue, model-green;') } },
      });
    }
    await stage.provider.stop();
    expect((await script.tried('model-blue')).json).toMatchObject({
      valid: false,
      error: expect.stringContaining('connectivity'),
    });
  });

  test('a key for calls learns of itself, and of nobody else', async () => {
    const web = new Script(app, KEY);
    await stage.provider.stop();
    for (const body of [{}, { testModel: 'chat' }, { dryRun: true }]) {
      expect((await web.call('POST', '/auth/validate', body)).json).toMatchObject({ valid: true });
    }
    const refused = await web.call('POST', '/auth/validate', { testModel: 'model-green' });
    expect(refused.json.error).toMatchObject({ code: 'unknown_route' });
    expect(refused.json.error.message).not.toContain('model-blue');
    expect((await new Script(app, 'nobody').call('POST', '/auth/validate', {})).status).toBe(401);
  });

  test('a shift by increments is a rollout with gates', async () => {
    const reply = await script.call('PATCH', '/routing/policy', {
      traffic_shift: {
        increment: 25,
        interval_seconds: 300,
        validation_threshold: { error_rate: 0.05, p99_difference_ms: 50 },
      },
    });
    expect(reply.json).toMatchObject({ status: 'progressing', weights: { blue: 75, green: 25 } });
  });

  test.each([
    ['anthropic/claude-x', 'claude-x', 'healthy'],
    ['openai/gpt-x', 'openai/gpt-x', 'degraded'],
  ])("a version's %s goes to Anthropic as %s, and pre-flight looks for that", async (model, sent, status) => {
    const { blue, green } = blueAndGreen(stage.provider);
    const environments = { blue, green: { ...green, provider: 'anthropic' as const } };
    app = await startGateway(stage, adapter, { options: { ...OPTIONS, routes: { chat: { environments } } } });
    script = new Script(app);
    stage.provider.models = ['claude-x', 'gpt-x'];
    await register('next', { model });
    await split({ v1: 90, next: 10 });
    expect((await script.call('POST', '/rollouts/chat/preflight')).json['status']).toBe(status);
    await split({ next: 100 });
    await script.traffic(1);
    expect(stage.provider.calls.at(-1)!.body['model']).toBe(sent);
  });

  test('weights and a shift come together, tied to the one revision that the caller knew', async () => {
    const both = {
      routing: { strategy: 'shadow', weights: { blue: 90, green: 10 } },
      traffic_shift: { increment: 20, interval_seconds: 300 },
    };
    const { revision } = (await script.call('GET', '/rollouts/chat')).json;
    const stale = await script.call('PATCH', '/routing/policy', { ...both, expected_revision: Number(revision) - 1 });
    expect(stale.json.error.code).toBe('revision_conflict');
    const reply = await script.call('PATCH', '/routing/policy', { ...both, expected_revision: revision });
    expect(reply.json).toMatchObject({
      status: 'progressing',
      weights: { blue: 90, green: 10 },
      shadow_percentage: 100,
    });
  });

  test('a shift that is refused leaves nothing of its policy behind', async () => {
    stage.provider.always(failing);
    const before = (await script.call('GET', '/rollouts/chat')).json;
    const refused = await script.call('PATCH', '/routing/policy', {
      routing: { strategy: 'shadow', weights: { blue: 60, green: 40 } },
      traffic_shift: { increment: 10, interval_seconds: 300 },
    });
    expect([refused.status, refused.json.error.code]).toEqual([424, 'preflight_failed']);
    const after = (await script.call('GET', '/rollouts/chat')).json;
    expect([after['revision'], after.weights]).toEqual([before['revision'], before.weights]);
  });

  test('pre-flight says whether a rollout would start, and one that would not is refused', async () => {
    const looked = await script.call('POST', '/rollouts/chat/preflight');
    expect(looked.json).toMatchObject({ status: 'healthy', can_deploy: true, checks: [{}, {}, { tier: 'model' }] });
    stage.provider.always(failing);
    expect((await script.call('POST', '/rollouts/chat/preflight')).json).toMatchObject({ can_deploy: false });
    const refused = await script.call('POST', '/rollouts/chat/start');
    expect([refused.status, refused.json.error.code]).toEqual([424, 'preflight_failed']);
    const forced = { force: true, reason: 'it comes up at nine' };
    expect((await script.call('POST', '/rollouts/chat/start', forced)).json).toMatchObject({
      rollout: { preflight: { can_deploy: false, forced: true } },
    });
  });

  test('a rollout is walked by hand, and the audit trail says who did it', async () => {
    const rollout = (verb: string, body: object = {}) => script.call('POST', `/rollouts/chat/${verb}`, body);
    const begun = await rollout('start', { reason: 'new prompt' });
    expect(begun.json).toMatchObject({ canary_active: true, canary_percentage: 5, weights: { blue: 95, green: 5 } });
    const { revision } = (await script.call('GET', '/rollouts/chat')).json;
    expect((await rollout('pause', { expected_revision: 0 })).json.error.code).toBe('revision_conflict');
    expect((await rollout('pause')).json).toMatchObject({ rollout: { phase: { name: 'Paused' } } });
    expect((await rollout('resume')).status).toBe(200);
    expect((await rollout('rollback', { reason: 'too slow' })).json).toMatchObject({
      weights: { blue: 100, green: 0 },
    });
    expect((await rollout('shift', { target: 'green' })).json.weights).toMatchObject({ green: 10 });
    expect((await rollout('restore', { revision })).json.weights).toMatchObject({ blue: 95, green: 5 });
    expect((await rollout('restore', { revision: 9_999 })).status).toBe(409);
    const { json } = await script.call('GET', '/audit?route=chat&limit=2&from_revision=2');
    expect(json['data']).toMatchObject([{ type: 'RolloutStarted', actor: 'script', reason: 'new prompt' }, {}]);
  });

  test('events are sent as they come, and from where a client has been', async () => {
    await script.call('POST', '/rollouts/chat/start');
    const response = await fetch(`${urlOf(app)}/v1/events`, {
      headers: { authorization: `Bearer ${OPERATOR}`, 'last-event-id': '1' },
    });
    let text = '';
    const decoder = new TextDecoder();
    for await (const part of response.body!) {
      text += decoder.decode(part as Uint8Array, { stream: true });
      if (text.includes('RolloutAborted')) break;
      if (text.includes('RolloutStarted')) void script.call('POST', '/rollouts/chat/rollback');
    }
    expect(text).toMatch(/event: RolloutStarted\nid: 2\ndata: .*\n\nevent: RolloutAborted\nid: 3\n/);
  });

  test('alerts come between the events, and move nobody from his place in the journal', async () => {
    const response = await fetch(`${urlOf(app)}/v1/events`, {
      headers: { authorization: `Bearer ${OPERATOR}`, 'last-event-id': '0' },
    });
    const alert = { id: 'spend:app:80', type: 'spend', severity: 'warning', at: 1, message: '80 % is spent.' } as const;
    let text = '';
    const decoder = new TextDecoder();
    for await (const part of response.body!) {
      text += decoder.decode(part as Uint8Array, { stream: true });
      if (text.includes('event: alert')) break;
      if (text.includes('id: 1\n')) app.get(AlertService).raise(alert);
    }
    expect(text).toContain(`\n\nevent: alert\ndata: ${JSON.stringify(alert)}\n\n`);
  });

  test('sticky sessions can be switched on: the visitor stays where the cookie says', async () => {
    await script.call('PATCH', '/routes/traffic', {
      route_rules: { blue: 50, green: 50 },
      sticky_sessions: { enabled: true, cookie_name: 'visit', ttl_seconds: 60 },
    });
    const first = await visit(app);
    const cookie = first.headers.get('set-cookie')!.split(';')[0]!;
    expect(cookie).toMatch(/^visit=/);
    for (let n = 0; n < 8; n++) {
      expect((await visit(app, cookie)).headers.get('x-environment')).toBe(first.headers.get('x-environment'));
    }
  });

  test('the strategy says whether callers stay where they were', async () => {
    const policy = (routing: object) => script.call('PATCH', '/routing/policy', { routing });
    expect((await visit(app)).headers.get('set-cookie')).toBeNull();
    expect((await policy({ strategy: 'sticky', weights: { blue: 50, green: 50 } })).json['strategy']).toBe('sticky');
    const cookie = (await visit(app)).headers.get('set-cookie')!.split(';')[0]!;
    expect((await policy({ weights: { blue: 51, green: 49 } })).json['strategy']).toBe('sticky');
    const visits = async () => {
      const seen = new Set<string | null>();
      for (let n = 0; n < 40; n++) seen.add((await visit(app, cookie)).headers.get('x-environment'));
      return seen.size;
    };
    expect(await visits()).toBe(1);
    expect((await policy({ strategy: 'weighted' })).json['strategy']).toBe('weighted');
    expect(await visits()).toBe(2);
    const again = { sticky_sessions: { enabled: true } };
    expect((await script.call('PATCH', '/routes/traffic', again)).json['strategy']).toBe('sticky');
  });

  test('a split with a health check goes back by itself when its other side fails', async () => {
    await script.call('PATCH', '/routes/traffic', {
      route_rules: { blue: 50, green: 50 },
      health_check: { enabled: true, error_rate_threshold: 0.1, auto_rollback: true },
    });
    stage.provider.always((request, response) =>
      request.body['model'] === 'model-green' ? failing(request, response) : healthy(request, response),
    );
    for (let calls = 0; calls < 200; calls++) {
      await script.traffic(1);
      await app.get(CanaryScheduler, { strict: false }).tick();
      const { json } = await script.call('PATCH', '/routes/traffic', { route_rules: undefined });
      if (json.weights.green === 0) break;
    }
    const { json } = await script.call('PATCH', '/routes/traffic', {});
    expect(json.weights).toMatchObject({ blue: 100, green: 0 });
    const { json: alerts } = await script.call('GET', '/alerts?type=rollback&limit=1');
    expect(alerts).toMatchObject({
      data: [{ actor: 'system', message: expect.stringContaining('all traffic returned') }],
    });
  });
});

function visit(app: INestApplication, cookie?: string): Promise<Response> {
  return fetch(`${urlOf(app)}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json', ...(cookie ? { cookie } : {}) },
    body: JSON.stringify({ model: 'chat', messages: [{ role: 'user', content: 'Hi' }] }),
  });
}
