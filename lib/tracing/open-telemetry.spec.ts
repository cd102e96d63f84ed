import { afterEach, describe, expect, test } from '@jest/globals';
import * as api from '@opentelemetry/api';
import { Logger } from '@nestjs/common';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { FakeClock } from '../../test/support/fake-clock.js';
import { Spans } from '../../test/support/spans.js';
import type { CallRequest } from '../router/call-request.js';
import type { CallEnd } from '../router/call-listener.js';
import type { AttemptRequest } from '../upstream/prepared-call.js';
import { openAiChat } from '../upstream/dialects/openai-chat.js';
import { keepsFormerNames } from './gen-ai.js';
import { OpenTelemetry } from './open-telemetry.js';

Logger.overrideLogger(false);

const version = { tag: 'v1', model: 'gpt-x', upstream: 'chat/blue' };
const target = { environment: 'blue', version };
const call: CallRequest = {
  assignment: { route: 'chat', environment: 'blue', version, reason: 'weighted', epoch: 1, segment: 1 },
  dialect: openAiChat,
  body: {},
  requestId: 'r1',
};
const request = {
  client: { config: { baseUrl: 'https://api.example.com/v1', provider: 'mistral' } },
  dialect: openAiChat,
  version,
  headers: {},
} as unknown as AttemptRequest;
const end: CallEnd = {
  outcome: 'ok',
  answeredBy: target,
  usage: { inputTokens: 100, cachedInputTokens: 0, outputTokens: 10 },
  cost: 0.1,
  lastCost: 0.1,
  attempts: [],
  latency: 1_500,
  timeToFirstToken: undefined,
  model: 'gpt-x',
  finishReason: 'stop',
};

afterEach(() => Spans.unregister());

describe('without an SDK', () => {
  test('a call is not traced at all', () => {
    expect(new OpenTelemetry(api, new FakeClock()).begun(call, false)).toBeUndefined();
  });

  test('calls are traced from the moment that one is registered, and no longer when it has gone', () => {
    const tracing = new OpenTelemetry(api, new FakeClock());
    const isTraced = () => tracing.begun(call, false) !== undefined;
    const seen = [isTraced()];
    const spans = new Spans();
    seen.push(isTraced());
    Spans.unregister();
    seen.push(isTraced());
    expect(seen).toEqual([false, true, false]);
    expect(spans.all).toEqual([]);
  });
});

test('With metrics alone a call is measured in seconds and tokens, and sent as it is', async () => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter });
  api.metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
  const clock = new FakeClock();
  const trace = new OpenTelemetry(api, clock).begun(call, true)!;
  const sent = await trace.asked(target, request, (asked) => Promise.resolve(asked));
  clock.advance(500);
  trace.firstToken();
  clock.advance(1_000);
  trace.ended(end);
  await reader.forceFlush();
  const [exported] = exporter.getMetrics();
  await reader.shutdown();

  expect(sent).toBe(request);
  const metrics = exported!.scopeMetrics.flatMap((scope) => scope.metrics);
  const points = metrics.flatMap(({ descriptor, dataPoints }) =>
    dataPoints.map(({ attributes, value }) => ({ ...descriptor, attributes, ...(value as { sum: number }) })),
  );
  const place = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'mistral_ai',
    'gen_ai.request.model': 'gpt-x',
    'server.address': 'api.example.com',
    'server.port': 443,
    'blue_green.environment': 'blue',
  };
  const answered = { ...place, 'gen_ai.response.model': 'gpt-x' };
  const tokens = { name: 'gen_ai.client.token.usage', unit: '{token}' };
  expect(points).toMatchObject([
    { name: 'gen_ai.client.operation.duration', unit: 's', sum: 1.5, attributes: answered },
    { ...tokens, sum: 100, attributes: { ...answered, 'gen_ai.token.type': 'input' } },
    { ...tokens, sum: 10, attributes: { ...answered, 'gen_ai.token.type': 'output' } },
    { name: 'gen_ai.client.operation.time_to_first_chunk', unit: 's', sum: 0.5, attributes: place },
  ]);
});

test.each([
  [undefined, true],
  ['', true],
  ['http', true],
  ['http, gen_ai_latest_experimental', false],
])('With OTEL_SEMCONV_STABILITY_OPT_IN=%p former names stand beside the present ones: %p', async (optIn, expected) => {
  const spans = new Spans();
  const usage = { inputTokens: 100, cachedInputTokens: 0, cacheWriteTokens: 40, outputTokens: 10 };
  const trace = new OpenTelemetry(api, new FakeClock(), keepsFormerNames(optIn)).begun(call, false)!;
  await trace.asked(target, request, (asked) => Promise.resolve(asked));
  trace.ended({ ...end, usage });
  const { attributes } = spans.attempts[0]!;
  expect(attributes).toMatchObject({
    'gen_ai.provider.name': 'mistral_ai',
    'gen_ai.usage.cache_write.input_tokens': 40,
  });
  const former = { 'gen_ai.system': 'mistral_ai', 'gen_ai.usage.cache_creation.input_tokens': 40 };
  const found = Object.entries(attributes).filter(([name]) => name in former);
  expect(Object.fromEntries(found)).toEqual(expected ? former : {});
});

test.each(['onStart', 'onEnd'] as const)('An SDK whose processor throws in %s fails no call', async (when) => {
  const processor: SpanProcessor = {
    onStart: () => undefined,
    onEnd: () => undefined,
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
    [when]: () => {
      throw new Error('no room');
    },
  };
  api.trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [processor] }));
  const trace = new OpenTelemetry(api, new FakeClock()).begun(call, true);
  const answer = trace ? await trace.asked(target, request, () => Promise.resolve('answer')) : 'answer';
  trace?.firstToken();
  trace?.failed({ environment: 'blue', failure: 'timeout', begun: false });
  trace?.ended(end);
  expect(answer).toBe('answer');
});
