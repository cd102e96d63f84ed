import type { INestApplication } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { GATEWAYS } from './support/app.js';
import { answerMessage, answerResponse } from './support/dialect-answers.js';
import { startGateway } from './support/gateway.js';
import { Stage, urlOf } from './support/stage.js';

const OPERATOR = 'gateway-key-of-an-operator';

describe.each(GATEWAYS)('A version whose max_tokens cost more than its limit, on %s', (adapter) => {
  let stage: Stage;
  let app: INestApplication;

  beforeEach(async () => {
    stage = await Stage.open();
    app = await startGateway(stage, adapter, {
      options: {
        controlApi: true,
        healthController: true,
        keys: [{ name: 'script', key: OPERATOR, scopes: ['inference', 'read', 'operate'] }],
        prices: { m: { input: 3, output: 15 } },
        requestLog: false,
      },
    });
  });
  afterEach(() => stage.close());

  const ask = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${urlOf(app)}${path}`, {
      method,
      headers: { authorization: `Bearer ${OPERATOR}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, json: JSON.parse(await response.text()) };
  };
  const register = (max_tokens: number, limit: number) =>
    ask('POST', '/v1/models/versions', {
      version_tag: 'v-dear',
      model: 'm',
      parameters: { max_tokens },
      cost_limit_per_request: limit,
    });
  const call = (content: string, path = 'chat/completions', more: object = {}) =>
    ask('POST', `/v1/${path}`, { model: 'chat', messages: [{ role: 'user', content }], ...more });
  const live = () => ask('PATCH', '/v1/routes/traffic', { model_alias: 'chat', route_rules: { 'v-dear': 100 } });

  test('is registered with a warning, and answers get what fits', async () => {
    const { status, json } = await register(4_096, 0.05);
    expect([status, json.warnings]).toEqual([
      201,
      [expect.stringMatching(/max_tokens 4096 may cost \$0\.0614, .* answers get what fits, 3333 tokens at most/)],
    ]);
    expect((await ask('GET', '/v1/models/versions/v-dear')).json.warnings).toEqual(json.warnings);
    await live();
    expect((await call('Hi')).status).toBe(200);
    expect((await call('x'.repeat(16_000))).status).toBe(200);
    stage.provider.next(answerMessage);
    expect((await call('Hi', 'messages', { max_tokens: 9_000 })).status).toBe(200);
    stage.provider.next(answerResponse);
    expect((await call('Hi', 'responses', { input: 'Hi', messages: undefined })).status).toBe(200);
    const [short, long, message, response] = stage.provider.calls.map(({ body }) => body);
    expect([short!['max_tokens'], long!['max_tokens']]).toEqual([3_332, 2_532]);
    expect([message!['max_tokens'], response!['max_output_tokens']]).toEqual([3_332, 3_333]);
  });

  test('is refused where less than a quarter can ever fit', async () => {
    const { status, json } = await register(4_096, 0.015);
    expect([status, json.error.message]).toEqual([
      422,
      expect.stringMatching(/parameters\.max_tokens .*it can never fit, as that covers 999 tokens.*Lower it, or raise/),
    ]);
    expect((await ask('GET', '/v1/models/versions')).json.data).toEqual([]);
  });

  test('is told of in status and health while it turns callers away', async () => {
    await register(4_096, 0.05);
    await live();
    const prompt = 'x'.repeat(60_000);
    expect((await call(prompt)).status).toBe(402);
    const { json: route } = await ask('GET', '/v1/rollouts/chat');
    const environment = route.active;
    expect(route.environments[environment].recent.errors_by_class).toEqual({ budget: 1 });
    expect(route.warnings).toEqual([
      `"${environment}" was not asked in 1 of 1 recent request: the cost limit of its version, or a budget, did not allow it.`,
    ]);
    const { json: health } = await ask('GET', '/health');
    expect(health.details[environment]).toMatchObject({
      status: 'degraded',
      message: expect.stringMatching(/1 of 1 recent requests were not sent: a cost limit/),
    });
  });
});
