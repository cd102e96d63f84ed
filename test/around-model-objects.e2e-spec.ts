import type { INestApplication } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  BudgetService,
  EvaluationService,
  LlmRouterService,
  refusal,
  RolloutService,
  ShadowService,
  VersionService,
  type LanguageModelObject,
} from 'nestjs-blue-green';
import { Registry } from 'prom-client';
import { firstValueFrom, take } from 'rxjs';
import { blueGreen, startApp } from './support/app.js';
import { control, controlOptions } from './support/control.js';
import { metricsOf } from './support/metrics.js';
import { turn } from './support/rollouts.js';
import { Spans } from './support/spans.js';

const usage = {
  inputTokens: { total: 1_000, noCache: 1_000, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 100, text: 100, reasoning: 0 },
};

/** A model of a package that says the same to everybody. */
class Model implements LanguageModelObject {
  readonly specificationVersion = 'v3';
  calls: { readonly maxOutputTokens?: number }[] = [];

  constructor(
    readonly provider: string,
    readonly modelId: string,
    readonly text: string,
  ) {}

  doGenerate(call: { readonly maxOutputTokens?: number }) {
    this.calls.push(call);
    const content = [{ type: 'text', text: this.text }];
    return Promise.resolve({ content, finishReason: { unified: 'stop', raw: 'stop' }, usage, warnings: [] });
  }

  doStream(): never {
    throw new Error('Nothing is streamed here.');
  }
}

const blue = new Model('openai.responses', 'gpt-4o', 'Hello');
const green = new Model('anthropic.messages', 'claude-sonnet-4-5', 'Hello there');
const messages = [{ role: 'user', content: 'Hi' }];

/** By the shipped table: a million tokens in and out. */
const COST = { blue: (1_000 * 2.5 + 100 * 10) / 1e6, green: (1_000 * 3 + 100 * 15) / 1e6 };

let app: INestApplication;
let router: LlmRouterService;

describe('Around two model objects', () => {
  beforeAll(async () => {
    const options = {
      alias: 'chat',
      environments: {
        blue: { languageModel: blue, weight: 100 },
        green: { languageModel: green },
      },
      rollout: { steps: [{ setWeight: 50, duration: '1h' }], warmUp: { requests: 2 } },
      shadow: { percentage: 100, maxEventLoopDelay: '1h' },
      evaluators: [{ name: 'refusal', evaluate: refusal }],
      budget: { perMonthUsd: 10 },
      prometheus: { registry: new Registry() },
      gateway: true,
      ...controlOptions,
    };
    app = await startApp({ module: blueGreen(options) });
    router = app.get(LlmRouterService);
  });
  afterAll(() => app.close());
  beforeEach(() => {
    blue.calls = [];
    green.calls = [];
  });
  afterEach(() => Spans.unregister());

  test('calls have the prices of their makers, which budgets count', async () => {
    const [first, second] = [
      await router.complete('chat', { messages }),
      await router.complete('chat', { messages }, { environment: 'green' }),
    ];
    expect(first.cost).toBeCloseTo(COST.blue, 8);
    expect(second.cost).toBeCloseTo(COST.green, 8);
    const [status] = await app.get(BudgetService).status();
    // A mirrored call may have ended by now.
    expect(status?.spent).toBeGreaterThanOrEqual(0.99999 * (COST.blue + COST.green));
  });

  test('mirrored calls are compared', async () => {
    const pair = firstValueFrom(app.get(ShadowService).pairs$.pipe(take(1)));
    await router.complete('chat', { messages });
    expect(await pair).toMatchObject({
      caller: { environment: 'blue', outcome: 'ok', usage: { outputTokens: 100 } },
      shadow: { environment: 'green', outcome: 'ok', usage: { outputTokens: 100 } },
      comparison: { sameFinishReason: true, lengthRatio: 'Hello there'.length / 'Hello'.length },
    });
  });

  test('evaluators score their answers', async () => {
    const before = app.get(EvaluationService).status['refusal']!;
    await router.complete('chat', { messages });
    await turn();
    await turn();
    const after = app.get(EvaluationService).status['refusal']!;
    expect(after).not.toEqual(before);
  });

  test('traces name the maker and the model, and no server', async () => {
    const spans = new Spans();
    await router.complete('chat', { messages }, { environment: 'green' });
    expect(spans.attempts[0]?.attributes).toMatchObject({
      'gen_ai.provider.name': 'anthropic',
      'gen_ai.request.model': 'claude-sonnet-4-5',
      'gen_ai.usage.output_tokens': 100,
    });
    expect(spans.attempts[0]?.attributes).not.toHaveProperty('server.address');
  });

  test('metrics and the list of models have them', async () => {
    await router.complete('chat', { messages });
    expect(JSON.stringify([...(await metricsOf(app)).values()])).toContain('gpt-4o');
    const { status, json } = await control(app, 'GET', '/models');
    expect([status, json['data']]).toMatchObject([200, [{ id: 'chat' }]]);
  });

  test('pre-flight and warm-up ask them for a few tokens', async () => {
    await app.get(RolloutService).start('chat', { actor: 'ada', reason: 'a test' });
    while (app.get(RolloutService).status('chat').environments['green']?.weight !== 50) await turn();
    const limits = green.calls.map(({ maxOutputTokens }) => maxOutputTokens);
    expect(limits.slice(0, 3)).toEqual([1, 16, 16]);
    await app.get(RolloutService).rollback('chat', { actor: 'ada', reason: 'a test' });
  });

  test('a version that names another model is refused, and not answered by this one', async () => {
    const versions = app.get(VersionService);
    await versions.register({ tag: 'opus', model: 'claude-opus-4-1', upstream: 'chat/green' });
    await versions.split('chat', { opus: 100 }, { actor: 'ada', reason: 'a test' });
    await expect(router.complete('chat', { messages }, { environment: 'green' })).rejects.toMatchObject({
      code: 'upstream_unsupported',
      message: expect.stringContaining('cannot be asked for "claude-opus-4-1"'),
    });
    expect(green.calls).toHaveLength(0);
  });
});
