import type { INestApplication } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { PreflightError, RolloutService } from 'nestjs-blue-green';
import { FakeClock } from 'nestjs-blue-green/testing';
import type OpenAI from 'openai';
import { ADAPTERS } from './support/app.js';
import { FakeProvider } from './support/fake-provider.js';
import { sdkFor, startGateway } from './support/gateway.js';
import { Stage } from './support/stage.js';

describe.each(ADAPTERS)('Before a start, on %s, pre-flight', (adapter) => {
  let stage: Stage;
  let green: FakeProvider;
  let app: INestApplication;
  let clock: FakeClock;
  let openai: OpenAI;

  beforeEach(async () => {
    stage = await Stage.open();
    green = await FakeProvider.start({ models: ['claude-sonnet-4-5'] });
    clock = FakeClock.running();
    const blue = { model: 'model-blue', baseUrl: stage.provider.baseUrl, apiKey: 'sk-blue', weight: 100 };
    const environments = {
      blue,
      green: { provider: 'anthropic' as const, model: 'claude-sonnet-4-5', baseUrl: green.baseUrl, apiKey: 'sk-green' },
    };
    app = await startGateway(stage, adapter, { clock, options: { routes: { chat: { environments } } } });
    openai = sdkFor(app, { maxRetries: 0 });
  });
  afterEach(async () => {
    await stage.close();
    await green.stop();
  });

  /** Requests of a minute: a few of a second are looked at. */
  async function calls(count: number, more: object = {}): Promise<void> {
    for (let n = 0; n < count; n++) {
      await openai.chat.completions.create({ model: 'chat', messages: [{ role: 'user', content: `q ${n}` }], ...more });
      clock.advance(1_000);
    }
  }

  const preflight = () => app.get(RolloutService).preflight('chat', 'green');

  test('says what green cannot take of what callers used, with counts', async () => {
    await calls(6);
    await calls(3, { seed: 7 });
    await calls(1, { n: 2 });
    const report = await preflight();
    expect(report).toMatchObject({ status: 'degraded', canDeploy: true });
    expect(report.checks.at(-1)).toEqual({
      tier: 'requests',
      status: 'warn',
      message: 'it cannot take 4 of 10 requests of the last day that were looked at: seed (3), n (1)',
    });
    expect(green.calls).toHaveLength(0);
  });

  test('passes where green takes all of it, and says nothing where nobody has called', async () => {
    expect((await preflight()).checks.map(({ tier }) => tier)).toEqual(['connectivity', 'key', 'model']);
    await calls(2, { temperature: 0.2 });
    expect((await preflight()).checks.at(-1)).toMatchObject({ tier: 'requests', status: 'pass' });
  });

  test('refuses a green that could take nothing of it', async () => {
    await calls(3, { logprobs: true });
    await expect(app.get(RolloutService).start('chat')).rejects.toThrow(PreflightError);
    await expect(app.get(RolloutService).start('chat')).rejects.toThrow('requests, it cannot take 3 of 3 requests');
  });

  test('forgets what was used more than a day ago', async () => {
    await calls(2, { seed: 7 });
    clock.advance(25 * 3_600_000);
    await calls(1);
    expect((await preflight()).checks.at(-1)).toMatchObject({ tier: 'requests', status: 'pass' });
  });
});
