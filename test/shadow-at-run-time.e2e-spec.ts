import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ShadowService } from 'nestjs-blue-green';
import type { INestApplication } from '@nestjs/common';
import { firstValueFrom } from 'rxjs';
import { ADAPTERS } from './support/app.js';
import { control, controlOptions } from './support/control.js';
import { sdkFor, startGateway } from './support/gateway.js';
import { answer } from './support/fake-provider.js';
import { cutsAfter } from './support/sending.js';
import { Stage } from './support/stage.js';

describe.each(ADAPTERS)('shadow traffic that is switched on at run time, on %s', (adapter) => {
  let stage: Stage;
  let app: INestApplication;

  beforeEach(async () => {
    stage = await Stage.open();
    const options = { ...controlOptions, shadow: { percentage: 0, maxEventLoopDelay: '1h' } };
    app = await startGateway(stage, adapter, { options });
  });
  afterEach(() => stage.close());

  const policy = (routing: object) => control(app, 'PATCH', '/routing/policy', { model_alias: 'chat', routing });
  const report = () => app.get(ShadowService).shadowReport('chat');
  const ask = () => sdkFor(app).chat.completions.create({ model: 'chat', messages: [{ role: 'user', content: 'Hi' }] });
  const models = () =>
    stage.provider.calls.map(({ body }) => String(body['model'])).toSorted((a, b) => a.localeCompare(b));

  test('strategy shadow mirrors every request, and another strategy ends it', async () => {
    await ask();
    expect(models()).toEqual(['model-blue']);

    const { json } = await policy({ strategy: 'shadow' });
    expect(json).toMatchObject({ shadow_percentage: 100, weights: { blue: 100, green: 0 } });
    const mirrored = firstValueFrom(app.get(ShadowService).pairs$);
    await ask();
    await mirrored;
    expect(models()).toEqual(['model-blue', 'model-blue', 'model-green']);

    expect((await policy({ strategy: 'weighted' })).json).toMatchObject({ shadow_percentage: null });
    expect(report().percentage).toBe(0);
    await ask();
    expect(report().open).toBe(0);
  });

  test('with a share of its own, or as a setting of the route', async () => {
    expect((await policy({ strategy: 'shadow', shadow_percentage: 20 })).json['shadow_percentage']).toBe(20);
    expect(report().percentage).toBe(20);
    await control(app, 'PATCH', '/routes/traffic', { shadow_percentage: 0.5 });
    expect(report().percentage).toBe(0.5);
    const wrong = await policy({ strategy: 'weighted', shadow_percentage: 20 });
    expect([wrong.status, wrong.json['error']]).toMatchObject([
      422,
      { message: expect.stringMatching(/needs the strategy shadow/) },
    ]);
  });

  const shadow = {
    comparison_mode: 'exact',
    response_comparison: { similarity_threshold: 0.92, max_temporal_drift_ms: 5 },
    streaming: { pin_connections: true, buffer_threshold: 3, graceful_degradation: true },
  };

  test.each([
    ['PATCH', '/routing/policy', { routing: { strategy: 'shadow' } }],
    ['POST', '/routes/traffic', { shadow_percentage: 100 }],
  ])('%s %s says how answers are compared, and hears what is always so', async (method, path, body) => {
    const { status, json } = await control(app, method, path, { ...body, shadow });
    expect(status).toBe(200);
    expect(json['notes']).toEqual([
      'shadow.streaming.pin_connections is always so: a stream stays on the environment that it began on.',
      'shadow.streaming.graceful_degradation is always so: the live environment answers in place of a canary that fails.',
    ]);
    stage.provider.always((request, response) => {
      const isGreen = request.body['model'] === 'model-green';
      return answer({ words: [isGreen ? 'hello there' : 'Hello there'] })(request, response);
    });
    const mirrored = firstValueFrom(app.get(ShadowService).pairs$);
    await ask();
    expect(await mirrored).toMatchObject({ comparison: { textSimilarity: 1, sameText: false } });
    expect((await control(app, 'GET', '/shadow/report')).json).toMatchObject({
      comparison_mode: 'exact',
      similarity_threshold: 0.92,
      mean_similarity: 0,
      below_threshold: 1,
      outside_time: expect.any(Number),
    });
    // Later changes keep what they do not name, and another comparison begins anew.
    await control(app, 'PATCH', '/routes/traffic', { shadow: { comparison_mode: 'semantic' } });
    expect(report()).toMatchObject({ comparisonMode: 'semantic', similarityThreshold: 0.92, pairs: 0 });
  });

  test('buffers streams as far as it is told to, so that a cut is not seen', async () => {
    const cut = cutsAfter('one', 'two');
    stage.provider.always((request, response) => {
      return (request.body['model'] === 'model-green' ? cut : answer())(request, response);
    });
    const messages = [{ role: 'user' as const, content: 'Hi' }];
    const said = async () => {
      const words: string[] = [];
      const stream = await sdkFor(app).chat.completions.create({ model: 'chat', messages, stream: true });
      for await (const { choices } of stream) words.push(choices[0]?.delta.content ?? '');
      return words.join('');
    };
    // As good as all of the traffic; blue is live.
    await control(app, 'POST', '/routes/traffic', { route_rules: { blue: 0.01, green: 99.99 } });
    await expect(said()).rejects.toThrow();
    await control(app, 'PATCH', '/routing/policy', { shadow: { streaming: { buffer_threshold: 3 } } });
    expect(await said()).toBe('Hello there');
  });

  test('what cannot be switched off is refused by its name', async () => {
    const { status, json } = await control(app, 'PATCH', '/routing/policy', {
      shadow: { streaming: { pin_connections: false }, response_comparison: { similarity_threshold: 7 } },
    });
    expect(status).toBe(422);
    expect(json['error']).toMatchObject({
      message: expect.stringMatching(
        /shadow\.response_comparison\.similarity_threshold[^]*shadow\.streaming\.pin_connections/,
      ),
    });
  });

  test('is a part of what a return to an earlier revision brings back', async () => {
    const { json } = await policy({ strategy: 'shadow', shadow_percentage: 20 });
    await policy({ strategy: 'weighted', weights: { blue: 50, green: 50 } });
    expect(report().percentage).toBe(0);
    await control(app, 'POST', '/rollouts/chat/restore', { revision: json['revision'] });
    expect(report().percentage).toBe(20);
  });
});
