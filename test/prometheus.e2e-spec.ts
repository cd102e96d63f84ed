import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { KEY } from './support/gateway.js';
import { controlOptions, READER } from './support/control.js';
import { valueOf } from './support/exposition.js';
import { answer, fail } from './support/fake-provider.js';
import { metricsOf, scrape } from './support/metrics.js';
import { readAll, REQUEST, resets, says, Sending } from './support/sending.js';
import { urlOf } from './support/stage.js';

const PLACE = { route: 'chat', environment: 'green' };
const toGreen = { environment: 'green' };

const hostile = (n: number) => `evil-${n}"} 1\\nblue_green_fake_total{x="`;
const get = (url: string, key?: string) =>
  fetch(url, key === undefined ? {} : { headers: { authorization: `Bearer ${key}` } });

describe('metrics of requests', () => {
  let sending: Sending;

  beforeAll(async () => {
    sending = await Sending.start({
      options: {
        ...controlOptions,
        gateway: true,
        retry: { attempts: 3, baseDelay: 1, maxDelay: 1 },
        prometheus: { registry: new Registry() },
      },
    });
    // Waits between attempts end at once.
    sending.clock.after = (_ms, callback) => {
      const timer = setTimeout(callback, 0);
      return () => clearTimeout(timer);
    };
  });
  afterAll(() => sending.stop());

  const value = async (name: string, labels: Record<string, string>) =>
    valueOf(await metricsOf(sending.app), `blue_green_${name}`, labels);

  /** By how much a series grows while something happens. */
  const growth = async (name: string, labels: Record<string, string>, during: () => Promise<unknown>) => {
    const before = await value(name, labels);
    await during();
    return (await value(name, labels)) - before;
  };

  const ask = (options = toGreen) => sending.router.complete('chat', REQUEST, options).catch(() => undefined);

  const thrice = () => Promise.all([ask(), ask(), ask()]);

  const leaves = async () => {
    sending.green.next(says('Hello'));
    for await (const _ of sending.router.stream('chat', REQUEST, toGreen)) break;
  };

  beforeEach(() => sending.reset());

  test('count every request, by its environment and what it made of it', async () => {
    sending.green.next(answer(), fail(400), answer());
    expect(await growth('requests_total', { ...PLACE, outcome: 'ok' }, thrice)).toBe(2);
    expect(await value('requests_total', { ...PLACE, outcome: 'rejected' })).toBe(1);
    expect(await value('responses_total', { route: 'chat', outcome: 'rejected' })).toBe(1);
  });

  test('charge a failure to the environment that was assigned, and say that its caller was saved, and by whom', async () => {
    sending.green.always(fail(401));
    const saved = { ...PLACE, answered_by: 'blue' };
    expect(await growth('fallbacks_total', saved, ask)).toBe(1);
    expect(await growth('requests_total', { ...PLACE, outcome: 'auth' }, ask)).toBe(1);
    expect(await growth('responses_total', { route: 'chat', outcome: 'ok' }, ask)).toBe(1);
  });

  test('count retries, not first calls', async () => {
    sending.green.next(resets, resets, answer());
    expect(await growth('retries_total', PLACE, ask)).toBe(2);
    expect(await growth('retries_total', PLACE, ask)).toBe(0);
  });

  test('have tokens and money on the environment that answered', async () => {
    const usage = { inputTokens: 1_000, outputTokens: 500 };
    sending.green.always(fail(401));
    sending.blue.always(answer({ usage }));
    const blue = { route: 'chat', environment: 'blue' };
    // 1 and 2 dollars a million.
    expect(await growth('cost_usd_total', blue, ask)).toBeCloseTo(0.002, 10);
    expect(await growth('tokens_total', { ...blue, type: 'input' }, ask)).toBe(1_000);
    expect(await growth('tokens_total', { ...blue, type: 'output' }, ask)).toBe(500);
    expect(await growth('tokens_total', { ...PLACE, type: 'input' }, ask)).toBe(0);
  });

  test('have times in seconds, of streams also that of the first token', async () => {
    sending.green.always(answer());
    const stream = async () => {
      const pieces = sending.router.stream('chat', REQUEST, toGreen);
      await readAll(pieces);
    };
    const before = await value('request_duration_seconds_count', PLACE);
    expect(await growth('time_to_first_token_seconds_count', PLACE, stream)).toBe(1);
    expect(await growth('time_to_first_token_seconds_count', PLACE, ask)).toBe(0);
    expect((await value('request_duration_seconds_count', PLACE)) - before).toBe(2);
    // The clock stands still.
    expect(await growth('request_duration_seconds_sum', PLACE, stream)).toBe(0);
  });

  test('a caller who leaves is counted, and says nothing about times', async () => {
    expect(await growth('request_duration_seconds_count', PLACE, leaves)).toBe(0);
    expect(await value('requests_total', { ...PLACE, outcome: 'client_abort' })).toBe(1);
  });

  test('have nothing in them that a caller sends, and no series more for it', async () => {
    const count = async () =>
      [...(await metricsOf(sending.app)).values()].reduce((sum, { series }) => sum + series.length, 0);
    await sending.router.complete('chat', REQUEST);
    const post = (n: number) =>
      fetch(`${urlOf(sending.app)}/v1/chat/completions`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${KEY}`,
          'x-user-id': `evil-user-${n}`,
          'x-session-id': `evil-session-${n}`,
          'x-request-id': `evil-request-${n}`,
          'user-agent': `evil-agent-${n}`,
          ...(n % 3 === 0 && { 'x-deployment-env': `evil-env-${n}`, 'x-route-policy': `evil-policy-${n}` }),
          traceparent: `00-${'e'.repeat(32)}-${'1'.repeat(16)}-01`,
        },
        body: JSON.stringify({ model: n % 2 ? hostile(n) : 'chat', user: hostile(n), ...REQUEST }),
      }).then((response) => response.text());
    await post(0);
    const before = await count();
    for (let n = 0; n < 50; n++) {
      await post(n);
      await sending.router.complete(
        'chat',
        { ...REQUEST, user: hostile(n) },
        { key: hostile(n), conversation: hostile(n) },
      );
    }
    expect(await scrape(sending.app)).not.toMatch(/evil|e{32}|parcel/);
    expect(await count()).toBe(before);
  });

  test('have a bounded number of series: what the configuration has, times the classes of failures', async () => {
    const families = await metricsOf(sending.app);
    const [routes, environments, outcomes, buckets] = [1, 3, 16, 18];
    const bound: Record<string, number> = {
      counter: environments * outcomes,
      histogram: environments * (buckets + 2),
      gauge: 8 * environments,
    };
    for (const { name, type, series } of families.values()) {
      expect([name, series.length <= routes * bound[type]!]).toEqual([name, true]);
    }
  });

  afterEach(() => sending.reset());
});

describe('the endpoint', () => {
  let sending: Sending | undefined;

  afterEach(async () => {
    await sending?.stop();
    sending = undefined;
  });

  const start = async (prometheus: object | true, adapter: 'express' | 'fastify' = 'express') => {
    sending = await Sending.start({ adapter, options: { keys: controlOptions.keys, prometheus: prometheus as true } });
    return urlOf(sending.app);
  };

  test.each(['express', 'fastify'] as const)('is for keys that may read, on %s', async (adapter) => {
    const url = `${await start({ registry: new Registry() }, adapter)}/metrics/prometheus`;
    const response = await get(url, READER);
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
    ]);
    expect(await response.text()).toContain('# TYPE blue_green_environment_weight_ratio gauge');
    expect((await get(url)).status).toBe(401);
    expect((await get(url, KEY)).status).toBe(403);
  });

  test('is where the app wants it, for anybody if it says so', async () => {
    const url = await start({ registry: new Registry(), path: 'internal/metrics', public: true });
    expect((await get(`${url}/internal/metrics`)).status).toBe(200);
    expect((await get(`${url}/metrics/prometheus`, READER)).status).toBe(404);
  });

  test.each(['express', 'fastify'] as const)('has no histograms where the app wants none, on %s', async (adapter) => {
    const url = await start({ registry: new Registry(), histograms: false }, adapter);
    await sending!.router.complete('chat', REQUEST);
    const text = await (await get(`${url}/metrics/prometheus`, READER)).text();
    expect(text).toMatch(/^blue_green_requests_total\{route="chat",environment="blue",outcome="ok"\} 1$/m);
    expect(text).not.toMatch(/histogram|_bucket/);
  });

  test('also speaks OpenMetrics when the registry does', async () => {
    const registry = new Registry();
    registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never);
    const url = await start({ registry });
    await sending!.router.complete('chat', REQUEST);
    const text = await (await get(`${url}/metrics/prometheus`, READER)).text();
    expect(text).toContain('# TYPE blue_green_requests counter');
    expect(text).toMatch(/^blue_green_requests_total\{route="chat",environment="blue",outcome="ok"\} 1$/m);
    expect(text).toMatch(/# EOF\n$/);
  });
});
