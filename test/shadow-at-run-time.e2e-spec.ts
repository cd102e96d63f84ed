import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ShadowService } from 'nestjs-blue-green';
import type { INestApplication } from '@nestjs/common';
import { firstValueFrom } from 'rxjs';
import { ADAPTERS } from './support/app.js';
import { control, controlOptions } from './support/control.js';
import { sdkFor, startGateway } from './support/gateway.js';
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

  test('is a part of what a return to an earlier revision brings back', async () => {
    const { json } = await policy({ strategy: 'shadow', shadow_percentage: 20 });
    await policy({ strategy: 'weighted', weights: { blue: 50, green: 50 } });
    expect(report().percentage).toBe(0);
    await control(app, 'POST', '/rollouts/chat/restore', { revision: json['revision'] });
    expect(report().percentage).toBe(20);
  });
});
