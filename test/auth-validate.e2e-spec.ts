import type { INestApplication } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { OptionsError } from 'nestjs-blue-green';
import { parseOptions } from '../lib/options/parse-options.js';
import { ADAPTERS } from './support/app.js';
import { control, controlOptions, OPERATOR } from './support/control.js';
import { blueAndGreen } from './support/environments.js';
import { FakeClock } from './support/fake-clock.js';
import { fail } from './support/fake-provider.js';
import { KEY, sdkFor, startGateway } from './support/gateway.js';
import { Stage } from './support/stage.js';

const CHAT = { model: 'chat', max_tokens: 10, messages: [{ role: 'user' as const, content: 'Hi' }] };
const MONTH = 30 * 24 * 3_600_000;

describe.each(ADAPTERS)('POST /auth/validate, on %s', (adapter) => {
  let stage: Stage;
  let clock: FakeClock;
  let app: INestApplication;

  beforeEach(async () => {
    stage = await Stage.open();
    stage.provider.models = ['model-blue', 'model-green'];
    clock = new FakeClock();
    app = await startGateway(stage, adapter, {
      clock,
      options: {
        controlApi: true,
        retry: { attempts: 1 },
        prices: { 'model-blue': { input: 0, output: 100 } },
        routes: { chat: { environments: blueAndGreen(stage.provider), budget: { perMonthUsd: 5 } } },
        budget: { perMonthUsd: 40 },
        keys: [
          ...controlOptions.keys,
          {
            name: 'guest',
            key: 'gateway-key-of-a-guest',
            scopes: ['inference', 'read'],
            environments: ['green'],
            rateLimit: { requests: 100, per: '1m' },
            expiresAt: new Date(clock.now() + MONTH),
          },
        ],
      },
    });
  });
  afterEach(() => stage.close());

  const validate = async (body: object, key = OPERATOR) => {
    const { status, json } = await control(app, 'POST', '/auth/validate', body, { authorization: `Bearer ${key}` });
    return { status, ...json };
  };
  const when = (at = clock.now()) => new Date(at).toISOString();

  test('a bad key is 401, not valid, with an error to read', async () => {
    for (const dryRun of [true, false]) {
      expect(await validate({ testModel: 'chat', dryRun }, 'a-key-that-nobody-knows')).toEqual({
        status: 401,
        valid: false,
        quota: null,
        rateLimit: null,
        expiresAt: null,
        checked_at: null,
        error: expect.stringContaining('no valid key'),
      });
    }
    const { status, json } = await control(app, 'POST', '/auth/validate', {}, { authorization: '' });
    expect([status, json['valid']]).toEqual([401, false]);
  });

  test('bad keys are counted as guesses', async () => {
    const statuses: unknown[] = [];
    for (let n = 0; n < 61; n++) statuses.push((await validate({ dryRun: true }, `a-guess-at-a-key-${n}`)).status);
    expect(statuses.slice(0, 60)).toEqual(Array.from({ length: 60 }, () => 401));
    expect(statuses[60]).toBe(429);
    expect(await validate({ dryRun: true })).toMatchObject({ status: 200, valid: true });
  });

  test('a good key hears of its limit, its end, and what the budgets leave', async () => {
    expect(await validate({ dryRun: true }, 'gateway-key-of-a-guest')).toEqual({
      status: 200,
      valid: true,
      quota: 5,
      rateLimit: { requests: 100, per_ms: 60_000 },
      expiresAt: when(clock.now() + MONTH),
      checked_at: null,
      error: null,
    });
    const { usage } = await sdkFor(app).chat.completions.create(CHAT);
    const { quota } = (await validate({ testModel: 'chat', dryRun: true })) as unknown as { quota: number };
    expect(quota).toBeCloseTo(5 - (usage!.completion_tokens * 100) / 1e6, 6);
  });

  test('an expired key is 401 everywhere, and told so', async () => {
    clock.advance(MONTH);
    const refused = await validate({ dryRun: true }, 'gateway-key-of-a-guest');
    expect(refused).toMatchObject({ status: 401, valid: false, expiresAt: when(), error: /expired/ });
    const call = sdkFor(app, { apiKey: 'gateway-key-of-a-guest', maxRetries: 0 }).chat.completions.create(CHAT);
    await expect(call).rejects.toMatchObject({ status: 401, code: 'api_key_expired' });
    const forced = sdkFor(app, { maxRetries: 0, defaultHeaders: { 'x-deployment-env': 'green' } });
    await expect(forced.chat.completions.create(CHAT)).rejects.toMatchObject({ status: 401 });
  });

  test('a dry run asks no provider, and tells what was last seen and when', async () => {
    expect(await validate({ testModel: 'chat', dryRun: true })).toMatchObject({ valid: true, checked_at: null });
    expect(stage.provider.seen).toEqual([]);

    expect(await validate({ testModel: 'chat', dryRun: false })).toMatchObject({ valid: true, checked_at: when() });
    const asked = stage.provider.seen.length;
    expect(asked).toBeGreaterThan(0);
    const at = clock.now();
    clock.advance(3_600_000);
    expect(await validate({ testModel: 'chat', dryRun: true })).toMatchObject({ valid: true, checked_at: when(at) });
    expect(stage.provider.seen).toHaveLength(asked);
  });

  test('a dry run knows what traffic has shown; without it the provider is asked all the same', async () => {
    stage.provider.always(fail(500));
    for (let n = 0; n < 3; n++)
      await sdkFor(app, { maxRetries: 0 })
        .chat.completions.create(CHAT)
        .catch(() => undefined);
    expect(await validate({ testModel: 'model-blue', dryRun: true })).toMatchObject({
      status: 200,
      valid: false,
      checked_at: when(),
      error: expect.stringMatching(/^The upstream of blue failed its check \(connectivity\)/),
    });
    expect(await validate({ testModel: 'model-blue', dryRun: false })).toMatchObject({ valid: true, error: null });
  });

  test('a key for calls hears of itself alone', async () => {
    expect(await validate({}, KEY)).toMatchObject({ status: 200, valid: true, quota: null, checked_at: null });
  });
});

test.each(['soon', '2027-13-01', '2027-01-31T12:00:00'])('a key cannot expire at "%s"', (expiresAt) => {
  const environments = { blue: { baseUrl: 'http://h/v1', apiKey: false as const, model: 'm', weight: 100 } };
  const keys = [{ name: 'a', key: 'a-key-of-sixteen-or-more', expiresAt }];
  const parse = () => parseOptions({ alias: 'chat', environments, keys });
  expect(parse).toThrow(OptionsError);
  expect(parse).toThrow(/keys\.0\.expiresAt/);
});
