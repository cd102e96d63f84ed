import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AlwaysOffSampler } from '@opentelemetry/sdk-trace-base';
import { KEY } from './support/gateway.js';
import { controlOptions } from './support/control.js';
import { answer, fail, json } from './support/fake-provider.js';
import { awaited, cutsAfter, readAll, REQUEST, resets, says, Sending } from './support/sending.js';
import { partsOf, Spans } from './support/spans.js';
import { urlOf } from './support/stage.js';

const CALLER = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };
const TRACEPARENT = `00-${CALLER.traceId}-${CALLER.spanId}-01`;
const toGreen = { environment: 'green' };

let sending: Sending;
let spans: Spans;

beforeAll(async () => {
  sending = await Sending.start({
    options: { keys: controlOptions.keys, gateway: true, retry: { attempts: 2, baseDelay: 1, maxDelay: 1 } },
  });
  sending.clock.after = (ms, callback) => {
    // Waits between attempts end at once, limits on time never.
    const timer = ms <= 1 ? setTimeout(callback, 0) : undefined;
    return () => clearTimeout(timer);
  };
});
afterAll(() => sending.stop());
beforeEach(() => {
  spans = new Spans();
  sending.reset();
});
afterEach(() => Spans.unregister());

/** A call through the gateway, by a caller that traces. */
const post = (body: object = {}, headers: Record<string, string> = {}, signal?: AbortSignal) =>
  fetch(`${urlOf(sending.app)}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${KEY}`,
      traceparent: TRACEPARENT,
      ...headers,
    },
    body: JSON.stringify({ model: 'chat', ...REQUEST, ...body }),
    ...(signal && { signal }),
  });

/** Resolves when the span of a request has ended. */
const ended = async () => {
  while (!spans.request) await new Promise(setImmediate);
};

describe('a call', () => {
  test('is one trace from the caller to the upstream', async () => {
    await (await post({}, { 'x-request-id': 'req-1' })).text();
    const { request, attempts } = spans;
    expect(attempts).toHaveLength(1);
    const [attempt] = attempts;
    expect(request.parentSpanContext).toMatchObject({ ...CALLER, isRemote: true });
    expect(attempt!.parentSpanContext?.spanId).toBe(request.spanContext().spanId);
    const { traceId, spanId } = attempt!.spanContext();
    expect(traceId).toBe(CALLER.traceId);
    const sent = sending.blue.calls[0]!.headers['traceparent'];
    expect(partsOf(sent)).toEqual({ version: '00', traceId, spanId, flags: '01' });
  });

  test("is described by the conventions' names", async () => {
    sending.blue.always(answer({ usage: { inputTokens: 100, outputTokens: 10 } }));
    await (await post({}, { 'x-request-id': 'req-1' })).text();
    const { request, attempts } = spans;
    expect(request).toMatchObject({
      name: 'chat chat',
      kind: SpanKind.INTERNAL,
      status: { code: SpanStatusCode.UNSET },
    });
    expect(request.attributes).toEqual({
      'gen_ai.operation.name': 'chat',
      'blue_green.route': 'chat',
      'blue_green.environment': 'blue',
      'blue_green.version': 'v1',
      'blue_green.assignment.reason': 'weighted',
      'blue_green.request.id': 'req-1',
      'blue_green.answered_by': 'blue',
      'blue_green.attempts': 1,
      'blue_green.cost_usd': 0.00012,
    });
    expect(attempts[0]).toMatchObject({ name: 'chat blue-model', kind: SpanKind.CLIENT });
    expect(attempts[0]!.attributes).toEqual({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.system': 'openai',
      'gen_ai.request.model': 'blue-model',
      'gen_ai.response.model': 'blue-model',
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.usage.input_tokens': 100,
      'gen_ai.usage.cache_read.input_tokens': 0,
      'gen_ai.usage.output_tokens': 10,
      'server.address': '127.0.0.1',
      'server.port': Number(new URL(sending.blue.baseUrl).port),
      'blue_green.environment': 'blue',
      'blue_green.version': 'v1',
    });
  });

  test('has every kind of token that the provider counted', async () => {
    const usage = {
      prompt_tokens: 100,
      completion_tokens: 50,
      prompt_tokens_details: { cached_tokens: 20, audio_tokens: 3 },
      completion_tokens_details: { reasoning_tokens: 30, audio_tokens: 4 },
    };
    const message = { role: 'assistant', content: 'Hello' };
    sending.blue.always((_request, response) => {
      const choices = [{ index: 0, message, finish_reason: 'stop' }];
      json(response, 200, { id: 'c1', object: 'chat.completion', model: 'blue-model', choices, usage });
    });
    await (await post()).text();
    expect(spans.attempts[0]!.attributes).toMatchObject({
      'gen_ai.usage.input_tokens': 100,
      'gen_ai.usage.cache_read.input_tokens': 20,
      'gen_ai.usage.audio.input_tokens': 3,
      'gen_ai.usage.output_tokens': 50,
      'gen_ai.usage.reasoning.output_tokens': 30,
      'gen_ai.usage.audio.output_tokens': 4,
    });
  });

  test.each([
    [{ 'x-conversation-id': 'c-1', 'x-session-id': 's-1' }, {}, 'c-1'],
    [{ 'x-claude-code-session-id': 's-2' }, {}, 's-2'],
    [{ 'x-session-id': 's-1' }, { conversation: 'conv_1' }, 'conv_1'],
    [{ 'x-session-id': 'x'.repeat(257) }, {}, undefined],
  ])('is of the conversation that its caller names: %j %j', async (headers, body, id) => {
    await (await post(body, headers)).text();
    const { request, attempts } = spans;
    const ids = [request, attempts[0]!].map(({ attributes }) => attributes['gen_ai.conversation.id']);
    expect(ids).toEqual([id, id]);
  });

  test('that is streamed lasts until its stream has ended, and says when its first token came', async () => {
    const response = await post({ stream: true });
    const reader = response.body!.getReader();
    await reader.read();
    for (let open = true; open;) open = !(await reader.read()).done;
    await ended();
    const [attempt] = spans.attempts;
    expect(attempt!.attributes).toMatchObject({
      'gen_ai.request.stream': true,
      'gen_ai.response.time_to_first_chunk': 0,
      'gen_ai.usage.output_tokens': 10,
      'gen_ai.response.finish_reasons': ['stop'],
    });
    expect(attempt!.events.map(({ name }) => name)).toEqual(['blue_green.first_token']);
  });

  test('that is made again has a span for each attempt, and each its own traceparent', async () => {
    sending.blue.next(resets, answer());
    await (await post()).text();
    const [first, second] = spans.attempts;
    expect(first).toMatchObject({ status: { code: SpanStatusCode.ERROR }, attributes: { 'error.type': 'network' } });
    expect(second!.status.code).toBe(SpanStatusCode.UNSET);
    const sent = sending.blue.calls.map(({ headers }) => partsOf(headers['traceparent']).spanId);
    expect(sent).toEqual([first, second].map((span) => span!.spanContext().spanId));
    expect(spans.request).toMatchObject({
      status: { code: SpanStatusCode.UNSET },
      attributes: { 'blue_green.attempts': 2 },
    });
    expect(spans.request.events).toEqual([]);
  });

  test('that falls back says from where, to where, and why', async () => {
    sending.green.always(fail(401));
    await sending.router.complete('chat', REQUEST, toGreen);
    expect(spans.attempts.map(({ attributes }) => attributes['blue_green.environment'])).toEqual(['green', 'blue']);
    expect(spans.request.events).toMatchObject([
      {
        name: 'blue_green.fallback',
        attributes: { 'blue_green.from': 'green', 'blue_green.to': 'blue', 'error.type': 'auth' },
      },
    ]);
    expect(spans.request.attributes).toMatchObject({
      'blue_green.environment': 'green',
      'blue_green.answered_by': 'blue',
    });
    expect(spans.request.attributes['error.type']).toBeUndefined();
  });

  test('that nobody answers is an error, and so is each attempt', async () => {
    for (const provider of sending.providers) provider.always(fail(401));
    await sending.router.complete('chat', REQUEST, toGreen).catch(() => undefined);
    const all = [spans.request, ...spans.attempts];
    expect(all.map(({ status, attributes }) => [status.code, attributes['error.type']])).toEqual(
      all.map(() => [SpanStatusCode.ERROR, 'auth']),
    );
    expect(spans.attempts).toHaveLength(3);
  });

  test('whose stream breaks has that on its attempt', async () => {
    sending.blue.always(cutsAfter('Hello'));
    const { error } = await readAll(sending.router.stream('chat', REQUEST));
    expect(error).toBeDefined();
    expect(spans.attempts.at(-1)!.attributes['error.type']).toBe(spans.request.attributes['error.type']);
    expect(['network', 'truncated']).toContain(spans.request.attributes['error.type']);
  });

  test('whose caller leaves ends, and is no error of anybody', async () => {
    const { behaviour, asked } = awaited(says('Hello'));
    sending.blue.always(behaviour);
    const leaving = new AbortController();
    const response = await post({ stream: true }, {}, leaving.signal);
    await response.body!.getReader().read();
    const { closed } = await asked;
    leaving.abort();
    await closed;
    await ended();
    for (const { status, attributes } of [spans.request, spans.attempts[0]!]) {
      expect([status.code, attributes['error.type']]).toEqual([SpanStatusCode.UNSET, 'client_abort']);
    }
  });

  test('is a part of the span that the app has open', async () => {
    await trace.getTracer('app').startActiveSpan('order', async (order) => {
      await sending.router.complete('chat', REQUEST);
      order.end();
    });
    const order = spans.all.find(({ name }) => name === 'order')!;
    expect(spans.request.parentSpanContext?.spanId).toBe(order.spanContext().spanId);
    expect(spans.all.map((span) => span.spanContext().traceId)).toEqual(
      spans.all.map(() => order.spanContext().traceId),
    );
  });

  test('leaves nothing of what was asked and answered in a span', async () => {
    sending.blue.always(answer({ words: ['It is in ', 'the cellar.'] }));
    await (await post({ stream: true, user: 'ada@example.com' })).text();
    await (await post({ user: 'ada@example.com' }, { 'x-user-id': 'ada@example.com' })).text();
    sending.blue.always(fail(400, 'parcel'));
    await (await post()).text();
    const seen = JSON.stringify(
      spans.all.map(({ name, attributes, events, status }) => ({ name, attributes, events, status })),
    );
    expect(seen).not.toMatch(/parcel|cellar|ada@|sk-|gateway-key/);
  });
});

test("what the caller's tracing system says beside its trace goes on with the spans of ours", async () => {
  await (await post({}, { tracestate: 'vendor=a:1' })).text();
  expect(sending.blue.calls[0]!.headers).toMatchObject({ tracestate: 'vendor=a:1' });
  expect(sending.blue.calls[0]!.headers['traceparent']).not.toBe(TRACEPARENT);
});

describe('a call that is not sampled', () => {
  test("still goes on with its caller's trace", async () => {
    Spans.unregister();
    spans = new Spans(new AlwaysOffSampler());
    await (await post()).text();
    expect(partsOf(sending.blue.calls[0]!.headers['traceparent'])).toMatchObject({
      traceId: CALLER.traceId,
      flags: '00',
    });
    expect(spans.all).toEqual([]);
  });
});

describe('without an SDK', () => {
  beforeEach(() => Spans.unregister());

  test("the caller's traceparent is passed on as it came", async () => {
    await (await post()).text();
    expect(sending.blue.calls[0]!.headers['traceparent']).toBe(TRACEPARENT);
  });

  test.each([
    ['vendor=a:1,other=b', 'vendor=a:1,other=b'],
    ['x'.repeat(513), undefined],
  ])('so is what stands beside it, unless it is too long (%#)', async (tracestate, passed) => {
    await (await post({}, { tracestate })).text();
    expect(sending.blue.calls[0]!.headers['tracestate']).toBe(passed);
  });

  test('nothing stands beside a traceparent that is none', async () => {
    await (await post({}, { traceparent: 'broken', tracestate: 'vendor=1' })).text();
    expect(sending.blue.calls[0]!.headers).not.toHaveProperty('tracestate');
  });

  test('a call has no trace, and its attempts are sent as they are', async () => {
    await sending.router.complete('chat', REQUEST);
    expect(sending.blue.calls[0]!.headers['traceparent']).toBeUndefined();
  });
});
