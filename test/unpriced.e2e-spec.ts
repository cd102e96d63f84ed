import { afterEach, describe, expect, test } from '@jest/globals';
import { BudgetService } from 'nestjs-blue-green';
import { Registry } from 'prom-client';
import { picture } from '../lib/cli/picture.js';
import { control, controlOptions } from './support/control.js';
import { answer, FakeProvider } from './support/fake-provider.js';
import { scrape } from './support/metrics.js';
import { awaited, REQUEST, Sending, silence } from './support/sending.js';

let sending: Sending;
afterEach(() => sending.stop());

describe('answers that have no price', () => {
  test('cost null, not 0, wherever costs are shown', async () => {
    const options = { ...controlOptions, prices: {}, prometheus: { registry: new Registry() } };
    sending = await Sending.start({ options });
    await sending.router.complete('chat', REQUEST);
    const status = await control(sending.app, 'GET', '/rollouts/chat');
    expect(status.json).toMatchObject({ environments: { blue: { total: { cost: null, unpriced: 1 } } } });
    expect(status.json).toMatchObject({ environments: { green: { total: { cost: 0, unpriced: 0 } } } });
    const shown = picture(status.json as unknown as Parameters<typeof picture>[0]).join('\n');
    expect(shown).toMatch(/blue \(live\) .* –$/m);
    const report = await control(sending.app, 'GET', '/cost/report?model_alias=chat');
    expect(report.json['environments']).toEqual(
      expect.arrayContaining([expect.objectContaining({ environment: 'blue', cost: null })]),
    );
    const metrics = await scrape(sending.app);
    expect(metrics).toMatch(/blue_green_unpriced_answers_total\{[^}]*environment="blue"\} 1/);
    expect(metrics).not.toMatch(/blue_green_cost_usd_total\{[^}]*environment="blue"\}/);
  });

  test('are billed by the service that the provider names', async () => {
    sending = await Sending.start();
    sending.blue.always((request, response) => {
      const end = response.end.bind(response);
      response.end = ((text: string) => end(text.replace('{', '{"service_tier":"flex",'))) as typeof response.end;
      return answer()(request, response);
    });
    expect((await sending.router.complete('chat', REQUEST)).cost).toBeCloseTo(0.00006, 10);
  });
});

describe('what is set aside for a call', () => {
  test('is for the output that its limit on cost leaves', async () => {
    const version = {
      model: 'm',
      apiKey: 'k',
      weight: 100,
      parameters: { max_tokens: 1_000 },
      costLimitPerRequest: 0.5,
    };
    const provider = await FakeProvider.start();
    const environments = { blue: { ...version, baseUrl: provider.baseUrl } };
    const prices = { m: { input: 0, output: 1_000 } };
    sending = await Sending.start({ options: { environments, prices, budget: { perMonthUsd: 10 } } });
    const hangs = awaited(silence);
    provider.always(hangs.behaviour);
    const call = sending.router.complete('chat', REQUEST).catch(() => undefined);
    await hangs.asked;
    expect(provider.calls[0]!.body['max_tokens']).toBe(500);
    expect((await sending.app.get(BudgetService).status())[0]).toMatchObject({ reserved: 0.5 });
    sending.clock.advance(600_000);
    await call;
    await provider.stop();
  });
});
