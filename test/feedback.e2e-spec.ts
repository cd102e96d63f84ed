import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { INestApplication } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { LlmRouterService, RolloutService } from 'nestjs-blue-green';
import { CanaryScheduler } from '../lib/rollout/canary-scheduler.js';
import { ADAPTERS } from './support/app.js';
import { FakeClock } from './support/fake-clock.js';
import { answer, fail } from './support/fake-provider.js';
import { startGateway } from './support/gateway.js';
import { RedisServer } from './support/redis.js';
import { Stage, urlOf } from './support/stage.js';

const DAY = 24 * 60 * 60_000;
const KEYS = { web: 'gateway-key-of-the-web', other: 'gateway-key-of-another', pipeline: 'gateway-key-of-a-pipeline' };
const keys = [
  { name: 'web', key: KEYS.web, environments: ['green'] },
  { name: 'other', key: KEYS.other },
  { name: 'pipeline', key: KEYS.pipeline, scopes: ['read' as const, 'operate' as const, 'inference' as const] },
];
const rollout = {
  steps: [{ setWeight: 50, duration: '72h' }],
  gates: [{ kind: 'quality' as const, evaluator: 'thumbs', tolerance: 0.1 }],
  preflight: false,
};
const OPTIONS = {
  keys,
  controlApi: true,
  evaluators: [{ name: 'thumbs' }, { name: 'tests' }],
  rollout,
  retry: { attempts: 1 },
};

/** An answer of the API, or its error. */
interface Receipt {
  readonly status?: string;
  readonly environment?: string;
  readonly message?: string;
  readonly error?: { readonly code: string; readonly message: string };
}

let stage: Stage;
let clock: FakeClock;
beforeEach(async () => {
  [stage, clock] = [await Stage.open(), new FakeClock()];
});
afterEach(() => stage.close());

async function post(app: INestApplication, path: string, body: object, headers: Record<string, string> = {}) {
  const response = await fetch(`${urlOf(app)}/v1${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEYS.web}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const json = (await response.json()) as Receipt;
  return { status: response.status, headers: response.headers, json };
}

/** An answer of a user: its id, and the environment that gave it. */
async function ask(app: INestApplication, headers: Record<string, string> = {}) {
  const body = { model: 'chat', messages: [{ role: 'user', content: 'Hi' }] };
  const { headers: said } = await post(app, '/chat/completions', body, headers);
  return { request_id: said.get('x-request-id')!, environment: said.get('x-deployment-env')! };
}

const as = (key: keyof typeof KEYS) => ({ authorization: `Bearer ${KEYS[key]}` });
const rate = (app: INestApplication, body: object, headers?: Record<string, string>) =>
  post(app, '/feedback', { evaluator: 'thumbs', score: 1, ...body }, headers);

/** Scores of the two environments that the gate has. */
async function scores(app: INestApplication) {
  const response = await fetch(`${urlOf(app)}/v1/rollouts/chat`, { headers: as('pipeline') });
  const { rollout: running } = (await response.json()) as { rollout: { decision: { gates: { sample: object }[] } } };
  return running.decision.gates[0]!.sample;
}

describe.each(ADAPTERS)('Feedback over HTTP, on %s', (adapter) => {
  let app: INestApplication;
  beforeEach(async () => {
    app = await startGateway(stage, adapter, { clock, options: OPTIONS });
    await app.get(RolloutService).start('chat');
  });

  test('counts for the environment that the request was assigned to, in the rollout of then, a day later', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => ask(app, { 'x-user-id': `user-${n}` })));
    clock.advance(DAY - 1_000);
    for (const { request_id, environment } of answers) {
      const { status, json } = await rate(app, { request_id });
      expect([status, json]).toMatchObject([
        200,
        { object: 'feedback', status: 'counted', counted: true, environment, model_alias: 'chat' },
      ]);
    }
    const onGreen = answers.filter(({ environment }) => environment === 'green').length;
    expect(onGreen).toBeGreaterThan(0);
    expect(await scores(app)).toEqual({ canary: onGreen, baseline: 20 - onGreen });

    clock.advance(2_000);
    expect(await rate(app, { request_id: answers[0]!.request_id, evaluator: 'tests' })).toMatchObject({
      status: 404,
      json: { error: { code: 'unknown_answer' } },
    });
  });

  test('is one score for each answer and evaluator', async () => {
    const { request_id } = await ask(app);
    expect((await rate(app, { request_id, evaluator: 'tests' })).json).toMatchObject({ status: 'counted' });
    expect((await rate(app, { request_id, score: 0 })).json).toMatchObject({ status: 'counted' });
    expect((await rate(app, { request_id })).json).toMatchObject({ status: 'already_scored', counted: false });
    expect(Object.values(await scores(app))).toEqual(expect.arrayContaining([0, 1]));
  });

  test('of an unknown answer, evaluator or score is refused, and says what to do', async () => {
    const { request_id } = await ask(app);
    const refusals = [
      [{ request_id: 'nobody-has-this' }, 404, 'unknown_answer', /There is no answer with the request_id "nobody-/],
      [{ request_id, evaluator: 'stars' }, 422, 'unknown_evaluator', /No evaluator "stars"/],
      [{ request_id, score: 2 }, 422, 'invalid_input', /score/],
      [{ request_id, episode: 'run-1' }, 422, 'invalid_input', /either request_id or episode/],
      [{}, 422, 'invalid_input', /either request_id or episode/],
    ] as const;
    for (const [body, status, code, message] of refusals) {
      const { status: got, json } = await rate(app, body);
      expect([got, json.error?.code]).toEqual([status, code]);
      expect(json.error?.message).toMatch(message);
    }
    expect(await scores(app)).toEqual({ canary: 0, baseline: 0 });
  });

  test('of an answer whose rollout has ended says that it comes too late', async () => {
    const { request_id } = await ask(app);
    await app.get(RolloutService).rollback('chat');
    const { status, json } = await rate(app, { request_id });
    expect([status, json]).toMatchObject([200, { status: 'rollout_ended', counted: false }]);
    expect(json.message).toMatch(/^Too late: the rollout of route "chat"/);

    await app.get(RolloutService).start('chat', { actor: 'ada' });
    await rate(app, { request_id, evaluator: 'tests' });
    expect(await scores(app)).toEqual({ canary: 0, baseline: 0 });
  });

  test('of an answer that another environment gave, or that was forced, counts nowhere', async () => {
    const { request_id: forced } = await ask(app, { 'x-deployment-env': 'green' });
    expect((await rate(app, { request_id: forced })).json).toMatchObject({ status: 'not_compared' });
    stage.provider.always((request, response) =>
      (request.body['model'] === 'model-green' ? fail(500) : answer())(request, response),
    );
    const answers = await Promise.all(Array.from({ length: 12 }, () => ask(app)));
    const receipts = await Promise.all(answers.map(({ request_id }) => rate(app, { request_id })));
    const rescued = receipts.filter(({ json }) => json.status === 'answered_elsewhere');
    expect(rescued.length).toBeGreaterThan(0);
    expect(rescued[0]!.json.message).toBe(
      'Does not count: it was assigned to "green", and another environment answered.',
    );
  });

  test('is for answers to the key that sends it, unless it may operate', async () => {
    const { request_id } = await ask(app);
    const foreign = await rate(app, { request_id }, as('other'));
    expect([foreign.status, foreign.json.error?.code]).toEqual([403, 'not_your_answer']);
    expect((await rate(app, { request_id }, as('pipeline'))).json).toMatchObject({ status: 'counted' });
  });

  test('of a run: its requests stay together, and its score is one of one unit', async () => {
    for (let run = 0; run < 12; run++) {
      const headers = { 'x-episode-id': `run-${run}` };
      const places = await Promise.all(Array.from({ length: 4 }, () => ask(app, headers)));
      expect(new Set(places.map(({ environment }) => environment)).size).toBe(1);
      const { json } = await rate(app, { episode: `run-${run}` });
      expect(json).toMatchObject({ status: 'counted', environment: places[0]!.environment });
    }
    const { canary, baseline } = (await scores(app)) as { canary: number; baseline: number };
    expect(canary).toBeGreaterThan(0);
    expect(canary + baseline).toBe(12);
    expect((await rate(app, { episode: 'run-99' })).json.error?.message).toMatch(/episode "run-99"/);
  });
});

describe('Feedback from code', () => {
  test('is the same: a receipt, or a typed error', async () => {
    const app = await startGateway(stage, 'express', { clock, options: OPTIONS });
    await app.get(RolloutService).start('chat');
    const router = app.get(LlmRouterService);
    const request = { messages: [{ role: 'user', content: 'Hi' }] };
    const { requestId, environment } = await router.complete('chat', request, { episode: 'run-1' });
    expect(await router.feedback(requestId, 1, 'thumbs')).toMatchObject({ status: 'counted', environment });
    expect(await router.feedback({ episode: 'run-1' }, 0.5, 'thumbs')).toMatchObject({ status: 'counted' });
    await expect(router.feedback('unknown', 1, 'thumbs')).rejects.toMatchObject({ code: 'unknown_answer' });
    await expect(router.feedback(requestId, 2, 'thumbs')).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(router.feedback(requestId, 1)).rejects.toMatchObject({
      code: 'unknown_evaluator',
      remedy: 'Use one of: thumbs, tests. Evaluators with a function score by themselves.',
    });
  });
});

describe('Feedback after a restart', () => {
  const folder = mkdtempSync(join(tmpdir(), 'blue-green-feedback-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('is found where the journal is a file, with the scores that came before', async () => {
    const options = { ...OPTIONS, journal: { file: join(folder, 'journal.jsonl') } };
    const first = await startGateway(stage, 'express', { clock, options });
    await first.get(RolloutService).start('chat');
    const [scored, late] = [await ask(first), await ask(first, { 'x-episode-id': 'run-1' })];
    await rate(first, { request_id: scored.request_id });
    await first.close();

    const second = await startGateway(stage, 'express', { clock, options });
    // The figures of the process are gone: evidence starts again before anything counts.
    await second.get(CanaryScheduler).tick();
    expect((await rate(second, { request_id: late.request_id })).json).toMatchObject({ status: 'counted' });
    expect((await rate(second, { episode: 'run-1' })).json).toMatchObject({ status: 'counted' });
    expect((await rate(second, { request_id: scored.request_id })).json).toMatchObject({ status: 'already_scored' });
    expect(await scores(second)).toMatchObject({ [late.environment === 'green' ? 'canary' : 'baseline']: 2 });
  });
});

describe('Feedback in a fleet', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await RedisServer.start();
  });
  afterAll(() => redis.stop());

  test('may come to another replica than the answer did, once', async () => {
    const options = { ...OPTIONS, journal: { redis: redis.url } };
    const [first, second] = [
      await startGateway(stage, 'express', { options }),
      await startGateway(stage, 'fastify', { options }),
    ];
    await first.get(RolloutService).start('chat');
    const { request_id, environment } = await ask(first);
    expect((await rate(second, { request_id }, as('other'))).status).toBe(403);
    expect((await rate(second, { request_id })).json).toMatchObject({ status: 'counted', environment });
    expect((await rate(first, { request_id })).json).toMatchObject({ status: 'already_scored' });
    expect(await scores(second)).toMatchObject({ [environment === 'green' ? 'canary' : 'baseline']: 1 });
  });
});
