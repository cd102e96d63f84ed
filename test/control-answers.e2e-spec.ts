import type { INestApplication } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { z } from 'zod';
import { CONTROL_CONTROLLERS } from '../lib/http/control/controllers.js';
import { endpointsOf } from '../lib/http/openapi/endpoints.js';
import { errorBody } from '../lib/http/openapi/errors.js';
import { ADAPTERS } from './support/app.js';
import { control, controlOptions, OPERATOR } from './support/control.js';
import { KEY, sdkFor, startGateway } from './support/gateway.js';
import { Stage, urlOf } from './support/stage.js';

const ENDPOINTS = endpointsOf(CONTROL_CONTROLLERS.map((controller) => ({ controller, path: '' })));

/** What the document says of an endpoint. */
function documented(method: string, path: string) {
  const [pathname] = path.split('?');
  return ENDPOINTS.find(
    (endpoint) =>
      endpoint.method === method.toLowerCase() &&
      new RegExp(`^${endpoint.path.replaceAll(/:\w+/g, '[^/]+')}$`).test(pathname!),
  )!;
}

/** In words: Jest would print a failure with all that its schema consists of. */
function problemsIn(schema: z.ZodType, answer: unknown): string {
  const { error } = schema.safeParse(answer);
  return error ? z.prettifyError(error) : '';
}

/** Their values are JSON of other people. */
const FOREIGN = new Set(['metadata', 'values', 'basis', 'parameters']);

/** Keys that are not in snake case, at any depth. */
function oddKeysIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => [
    ...(/^[a-z0-9_.-]+$/.test(key) ? [] : [key]),
    ...(FOREIGN.has(key) ? [] : oddKeysIn(part)),
  ]);
}

/** Scripts expect its names in camel case; the document's keys are OpenAPI's. */
const OTHER_NAMES = new Set(['/auth/validate', '/openapi.json']);

const REQUEST_ID = 'request-of-the-web';

/** One after the other: each finds what those before it have left. */
const CALLS: readonly (readonly [method: string, path: string, body?: object])[] = [
  [
    'POST',
    '/models/versions',
    { version_tag: 'v1.0', model: 'm', parameters: { topK: 7 }, metadata: { ownTeam: [1] } },
  ],
  ['POST', '/models/versions', { version_tag: 'v1.1', model: 'm', system_prompt: 'Hi', cost_limit_per_request: 1 }],
  ['GET', '/models/versions'],
  ['GET', '/models/versions/v1.0'],
  ['POST', '/routes/traffic', { route_rules: { 'v1.0': 90, 'v1.1': 10 }, sticky_sessions: { enabled: true } }],
  ['PATCH', '/routes/traffic', { health_check: { enabled: true, error_rate_threshold: 0.1 }, shadow_percentage: 5 }],
  ['GET', '/status'],
  ['GET', '/metrics/versions'],
  [
    'GET',
    '/metrics/versions?version_tag=v1.0&metrics=latency_p99,cost&start_time=2020-01-01T00:00:00Z&end_time=9999999999999',
  ],
  ['PATCH', '/routing/policy', { routing: { weights: { blue: 100 } } }],
  ['POST', '/auth/validate', { testModel: 'chat' }],
  ['POST', '/auth/validate', { dryRun: true }],
  ['POST', '/rollouts/chat/preflight', {}],
  ['POST', '/rollouts/chat/start', { schedule: { steps: [{ set_weight: 5, duration: '1h' }], final_bake_time: '5m' } }],
  ['POST', '/rollouts/chat/pause'],
  ['GET', '/rollouts/chat'],
  ['POST', '/rollouts/chat/resume', { reason: 'why not' }],
  ['POST', '/rollouts/chat/approve', {}],
  ['POST', '/rollouts/chat/rollback'],
  ['POST', '/rollouts/chat/shift', { target: 'green', increment: 5 }],
  ['POST', '/rollouts/chat/restore', { revision: 1 }],
  ['PATCH', '/routing/policy', { traffic_shift: { increment: 50, interval_seconds: 60 } }],
  ['POST', '/rollouts/chat/promote'],
  ['GET', '/status'],
  ['POST', '/audit', { message: 'Deployed', kind: 'deploy', metadata: { pipelineRun: 7 } }],
  ['POST', '/alerts', { text: 'Look here', severity: 'info', route: 'chat', metadata: { a: 1 } }],
  ['POST', '/feedback', { request_id: REQUEST_ID, evaluator: 'thumbs', score: 1 }],
  ['GET', '/audit?limit=1000'],
  ['GET', '/alerts?limit=1000'],
  ['GET', '/requests'],
  ['GET', '/cost/report?model_alias=chat'],
  ['GET', '/budgets'],
  ['GET', '/shadow/report?model_alias=chat'],
  ['GET', '/shadow/report'],
  ['GET', '/cost/report'],
  ['GET', '/openapi.json'],
];

const REFUSALS: readonly (readonly [method: string, path: string, body: object | undefined, status: number])[] = [
  ['GET', '/rollouts/none', undefined, 404],
  ['GET', '/models/versions/none', undefined, 404],
  ['POST', '/rollouts/chat/approve', {}, 409],
  ['POST', '/rollouts/chat/shift', { target: 'green', increment: 0 }, 422],
  ['POST', '/rollouts/chat/start', { schedule: { steps: [{ set_weight: 500, duration: '1h' }] } }, 422],
  ['POST', '/rollouts/chat/pause', { expected_revision: 0 }, 409],
  ['POST', '/auth/validate', { testModel: 'none' }, 404],
  ['GET', '/shadow/report?model_alias=none', undefined, 404],
  ['GET', '/audit?limit=0', undefined, 422],
  ['GET', '/metrics/versions?metrics=luck', undefined, 422],
  ['PATCH', '/routing/policy', { routing: { weights: { blue: 90 } } }, 422],
];

describe.each(ADAPTERS)('what the control API really answers, on %s', (adapter) => {
  let stage: Stage;
  let app: INestApplication;

  beforeAll(async () => {
    stage = await Stage.open();
    app = await startGateway(stage, adapter, { options: { ...controlOptions, evaluators: [{ name: 'thumbs' }] } });
    stage.provider.models = ['model-blue', 'model-green', 'm'];
    const ask = { model: 'chat', messages: [{ role: 'user' as const, content: 'Hi' }] };
    await sdkFor(app).chat.completions.create(ask, { headers: { 'x-request-id': REQUEST_ID } });
  });
  afterAll(() => stage.close());

  // Padded: Jest takes a parameter without a value for its callback.
  test.each(CALLS.map(([method, path, body]) => [method, path, body] as const))(
    '%s %s is as documented',
    async (method, path, body) => {
      const { status, operation } = documented(method, path);
      const reply = await control(app, method, path, body);
      expect([reply.status, reply.json]).toEqual([status, expect.anything()]);
      expect(problemsIn(operation!.answer, reply.json)).toBe('');
      if (!OTHER_NAMES.has(path)) expect(oddKeysIn(reply.json)).toEqual([]);
    },
  );

  test('events are the entries of the audit, and leave what others wrote as it is', async () => {
    const { json } = await control(app, 'GET', '/audit?limit=1000');
    const entries = json['data'] as { readonly type: string }[];
    const registered = entries.find(({ type }) => type === 'VersionRegistered');
    expect(registered).toMatchObject({
      version: { parameters: { values: { topK: 7 } } },
      metadata: { ownTeam: [1] },
      version_id: expect.stringMatching(/^ver_/),
    });
    const left = new AbortController();
    const response = await fetch(`${urlOf(app)}/v1/events`, {
      headers: { authorization: `Bearer ${OPERATOR}`, 'last-event-id': '0' },
      signal: left.signal,
    });
    const events: unknown[] = [];
    for await (const { data } of response
      .body!.pipeThrough(new TextDecoderStream())
      .pipeThrough(new EventSourceParserStream())) {
      if (events.push(JSON.parse(data)) === entries.length) break;
    }
    left.abort();
    expect(events).toEqual(entries);
  });

  test.each(REFUSALS)('%s %s with %j is refused as documented', async (method, path, body, status) => {
    const { operation } = documented(method, path);
    const reply = await control(app, method, path, body);
    expect(reply.status).toBe(status);
    expect(problemsIn(errorBody, reply.json)).toBe('');
    expect([...(operation!.errors ?? []), 422]).toContain(status);
  });

  test('every endpoint that answers JSON was asked', () => {
    const asked = new Set(CALLS.map(([method, path]) => documented(method, path)));
    const inJson = ENDPOINTS.filter(({ operation }) => operation?.events !== 'only' && !operation?.media);
    const missed = inJson.filter((endpoint) => !asked.has(endpoint));
    expect(missed.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
  });

  test('a key that may not, and one that nobody knows, are refused in the same shape', async () => {
    for (const [key, status] of [
      [KEY, 403],
      ['nobody', 401],
    ] as const) {
      const reply = await control(app, 'GET', '/status', undefined, { authorization: `Bearer ${key}` });
      expect([reply.status, errorBody.safeParse(reply.json).success]).toEqual([status, true]);
    }
  });
});
