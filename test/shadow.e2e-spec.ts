import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { GATEWAYS } from './support/app.js';
import { answer, fail, json } from './support/fake-provider.js';
import { TESTER_KEY } from './support/gateway.js';
import { Shadowing } from './support/shadowing.js';

const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

const calls = (name: string) => {
  const message = { role: 'assistant', content: null, tool_calls: [{ function: { name, arguments: '{"id":1}' } }] };
  return { object: 'chat.completion', choices: [{ index: 0, message, finish_reason: 'tool_calls' }] };
};

describe.each(GATEWAYS)('A mirrored request, on %s', (adapter) => {
  let shadowing: Shadowing;
  beforeAll(async () => {
    shadowing = await Shadowing.start({}, { adapter });
  });
  afterAll(() => shadowing.stop());
  beforeEach(() => shadowing.sending.reset());

  test('is answered by blue, byte for byte, and asked of green as well', async () => {
    const { blue, green } = shadowing.sending;
    green.always(answer({ words: ['Good', 'bye'] }));
    const pairs = shadowing.pairs(1);
    const response = await shadowing.post({ temperature: 0.5 });
    expect(await response.json()).toMatchObject({ choices: [{ message: { content: 'Hello there' } }] });
    expect(response.headers.get('x-environment')).toBe('blue');

    await pairs;
    expect(green.calls).toHaveLength(1);
    expect(green.calls[0]!.body).toEqual({ ...blue.calls[0]!.body, model: 'green-model' });
  });

  test('is told apart upstream, and belongs to the same trace', async () => {
    const { blue, green } = shadowing.sending;
    const pairs = shadowing.pairs(1);
    await shadowing.post({}, { 'x-request-id': 'req-1', traceparent: TRACE });
    const [pair] = await pairs;
    const same = { 'x-request-id': 'req-1', traceparent: TRACE };
    expect(blue.calls[0]!.headers).toMatchObject(same);
    expect(blue.calls[0]!.headers).not.toHaveProperty('x-shadow');
    expect(green.calls[0]!.headers).toMatchObject({ ...same, 'x-shadow': 'true', 'x-environment': 'green' });
    expect(pair!.requestId).toBe('req-1');
  });

  test('is compared, JSON with JSON', async () => {
    const { green } = shadowing.sending;
    green.always(answer({ words: ['Hello', ' you there'], usage: { inputTokens: 100, outputTokens: 12 } }));
    const pairs = shadowing.pairs(1);
    await shadowing.post();
    expect(await pairs).toMatchObject([
      {
        route: 'chat',
        stream: false,
        caller: { environment: 'blue', version: 'v1', outcome: 'ok', usage: { outputTokens: 10 } },
        shadow: { environment: 'green', version: 'v2', outcome: 'ok', usage: { outputTokens: 12 } },
        comparison: { outsideTolerance: true, sameFinishReason: true, lengthRatio: 15 / 11 },
      },
    ]);
  });

  test('is compared, stream with stream', async () => {
    const { green } = shadowing.sending;
    const pairs = shadowing.pairs(1);
    const text = await (await shadowing.post({ stream: true })).text();
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
    const [pair] = await pairs;
    expect(green.calls[0]!.body).toMatchObject({ stream: true });
    expect(pair).toMatchObject({
      stream: true,
      caller: { finishReason: 'stop', timeToFirstToken: expect.any(Number), usage: { outputTokens: 10 } },
      shadow: { finishReason: 'stop', timeToFirstToken: expect.any(Number), usage: { outputTokens: 10 } },
      comparison: { textSimilarity: 1, outsideTolerance: false, lengthRatio: 1 },
    });
  });

  test('is compared by its tool calls', async () => {
    const { blue, green } = shadowing.sending;
    blue.always((_request, response) => json(response, 200, calls('find')));
    green.always((_request, response) => json(response, 200, calls('search')));
    const pairs = shadowing.pairs(1);
    await shadowing.post();
    expect((await pairs)[0]!.comparison).toMatchObject({ sameToolCalls: false, textSimilarity: null });
  });

  test('is not traffic of green: not in its figures, not among the observations', async () => {
    const { green, observed, telemetry } = shadowing.sending;
    green.always(fail(500));
    const pairs = shadowing.pairs(1);
    await shadowing.post();
    await pairs;
    expect(observed).toMatchObject([{ environment: 'blue', outcome: 'ok', attempts: 1 }]);
    expect(telemetry.total('chat', 'green', 'v2')).toMatchObject({ requests: 0, errors: 0, cost: 0 });
  });
});

describe.each(GATEWAYS)('X-Route-Policy: shadow, on %s', (adapter) => {
  let shadowing: Shadowing;
  beforeAll(async () => {
    shadowing = await Shadowing.start({ percentage: 0 }, { adapter });
  });
  afterAll(() => shadowing.stop());
  beforeEach(() => shadowing.sending.reset());

  const policy = { 'x-route-policy': 'shadow', authorization: `Bearer ${TESTER_KEY}` };

  test('mirrors this one request for sure, and answers from where it was assigned', async () => {
    const pairs = shadowing.pairs(1);
    const response = await shadowing.post({}, policy);
    expect(response.headers.get('x-environment')).toBe('blue');
    expect(await pairs).toMatchObject([{ caller: { environment: 'blue' }, shadow: { environment: 'green' } }]);
  });

  test('answers from the live environment where the split says green', async () => {
    const { rollouts } = shadowing.sending;
    await rollouts.setTrafficWeights('chat', { blue: 1, green: 99 });
    const pairs = shadowing.pairs(5);
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => shadowing.post({}, policy)));
    expect(answers.map(({ headers }) => headers.get('x-environment'))).toEqual(Array(5).fill('blue'));
    expect((await pairs).every(({ comparison }) => comparison)).toBe(true);
    await rollouts.setTrafficWeights('chat', { blue: 100 });
  });

  test('is refused to callers who may not name green, and mirrors nothing', async () => {
    const { status } = await shadowing.post({}, { 'x-route-policy': 'shadow' });
    expect(status).toBe(401);
    expect(shadowing.sending.calls).toEqual([0, 0, 0]);
  });

  test('is the only way to a mirror at 0 percent', async () => {
    await shadowing.post();
    expect(shadowing.report).toMatchObject({ open: 0, percentage: 0 });
    expect(shadowing.sending.green.calls).toHaveLength(0);
  });
});
