import { afterEach, describe, expect, test } from '@jest/globals';
import {
  BudgetService,
  LlmRouterService,
  type BlueGreenOptions,
  type SpendAlert,
  UpstreamError,
} from 'nestjs-blue-green';
import { firstValueFrom, take, toArray } from 'rxjs';
import { GATEWAYS, blueGreen, startApp, type Adapter } from './support/app.js';
import { answer, fail } from './support/fake-provider.js';
import { KEY } from './support/gateway.js';
import { awaited, cutsAfter, readAll, REQUEST, Sending, silence } from './support/sending.js';
import { urlOf } from './support/stage.js';

let sending: Sending;
afterEach(() => sending.stop());

/** Only what is answered costs: a call costs just what was set aside for it. */
const prices = {
  'blue-model': { input: 0, output: 20 },
  'green-model': { input: 0, output: 20 },
  'backup-model': { input: 0, output: 1 },
};
const COST = 0.0002;
const request = { ...REQUEST, max_tokens: 10 };
const ask = () => sending.router.complete('chat', request);

const start = (budget: BlueGreenOptions['budget'], more: Partial<BlueGreenOptions> = {}, adapter?: Adapter) =>
  Sending.start({ ...(adapter && { adapter }), options: { prices, budget, ...more } });

const budgets = () => sending.app.get(BudgetService);
const spent = async () => (await budgets().status())[0]!;
/** Of so many alerts, once they are there. Ask before they are raised. */
const alerts = (n: number): Promise<SpendAlert[]> => firstValueFrom(budgets().alerts$.pipe(take(n), toArray()));

describe.each(GATEWAYS)('A budget with room for ten, on %s', (adapter) => {
  test('lets exactly ten of 64 concurrent callers through, and answers the others 402', async () => {
    const keys = [{ name: 'web', key: KEY }];
    sending = await start({ perMonthUsd: 10 * COST }, { gateway: true, keys } as Partial<BlueGreenOptions>, adapter);
    const told = alerts(3);
    const post = () =>
      fetch(`${urlOf(sending.app)}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${KEY}` },
        body: JSON.stringify({ model: 'chat', ...request }),
      });
    const responses = await Promise.all(Array.from({ length: 64 }, post));
    const statuses = responses.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(10);
    expect(statuses.filter((status) => status === 402)).toHaveLength(54);
    expect(sending.calls).toEqual([10, 0, 0]);
    const refused = await responses.find(({ status }) => status === 402)!.json();
    expect(refused).toMatchObject({ error: { code: 'upstream_budget' } });
    expect(await spent()).toEqual({ scope: 'app', limit: 10 * COST, spent: 10 * COST, reserved: 0 });
    expect((await told).map(({ type, percent }) => [type, percent])).toEqual([
      ['spend', 50],
      ['spend', 80],
      ['spend', 100],
    ]);
  });
});

describe('A budget', () => {
  test('refuses without a call, and without charging the environment', async () => {
    sending = await start({ perMonthUsd: 0 });
    const error = await ask().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UpstreamError);
    expect(error).toMatchObject({ failure: 'budget', status: 402, attempts: [{ failure: 'budget' }] });
    expect((error as Error).message).toContain("the month's budget of the app ($0.00) does not cover it");
    expect(sending.calls).toEqual([0, 0, 0]);
    expect(sending.telemetry.total('chat', 'blue', 'v1')).toMatchObject({ errors: 0, judged: 0 });
  });

  test('with `fallback` asks a cheaper environment, until even that is not covered', async () => {
    // One call on blue, and then two on backup, at a twentieth.
    sending = await start({ perMonthUsd: COST * 1.1, action: 'fallback' });
    const answered = [await ask(), await ask(), await ask()].map(({ environment }) => environment);
    expect(answered).toEqual(['blue', 'backup', 'backup']);
    await expect(ask()).rejects.toMatchObject({ failure: 'budget' });
    expect(sending.calls).toEqual([1, 0, 2]);
  });

  test('with `alert` lets everything through and tells', async () => {
    sending = await start({ perMonthUsd: COST, action: 'alert', alertAt: [100, 200] });
    const told = alerts(2);
    for (let n = 0; n < 3; n++) await ask();
    expect(await told).toMatchObject([
      { scope: 'app', limit: COST, spent: COST, percent: 100 },
      { percent: 200, spent: 2 * COST },
    ]);
  });

  test('books the answer’s real cost, and nothing for what failed unbilled', async () => {
    sending = await start({ perMonthUsd: 1 });
    sending.blue.next(answer({ usage: { inputTokens: 5, outputTokens: 4 } }), fail(500));
    await ask();
    expect((await ask()).environment).toBe('backup');
    // 4 tokens of blue, 10 of backup.
    expect(await spent()).toMatchObject({ spent: 0.00008 + 0.00001, reserved: 0 });
  });

  test('keeps the money of what may be billed: a silent call, a stream that broke, a caller who left', async () => {
    sending = await start({ perMonthUsd: 1 }, { fallback: [] });
    const hangs = awaited(silence);
    sending.blue.next(hangs.behaviour);
    const silent = ask().catch((error: unknown) => error);
    await hangs.asked;
    expect(await spent()).toMatchObject({ spent: 0, reserved: COST });
    sending.clock.advance(600_000);
    expect(await silent).toMatchObject({ failure: 'timeout' });
    expect(await spent()).toMatchObject({ spent: COST, reserved: 0 });

    sending.blue.next(cutsAfter('Hel'));
    await readAll(sending.router.stream('chat', request));
    // As far as it came: the one word.
    const oneToken = COST / 10;
    expect((await spent()).spent).toBeCloseTo(COST + oneToken, 9);

    const leaves = awaited(silence);
    sending.blue.next(leaves.behaviour);
    const leaving = new AbortController();
    const left = sending.router.complete('chat', request, { signal: leaving.signal }).catch(() => {});
    await leaves.asked;
    leaving.abort();
    await left;
    expect((await spent()).spent).toBeCloseTo(2 * COST + oneToken, 9);
    expect((await spent()).reserved).toBe(0);
  });

  test('a retry that would come on top of what may be billed has to be covered too', async () => {
    sending = await start({ perMonthUsd: COST });
    const hangs = awaited(silence);
    sending.blue.next(hangs.behaviour);
    const asked = ask().catch((error: unknown) => error);
    await hangs.asked;
    sending.clock.advance(600_000);
    expect(await asked).toMatchObject({ failure: 'timeout' });
    expect(sending.calls).toEqual([1, 0, 0]);
    expect(await spent()).toMatchObject({ spent: COST, reserved: 0 });
  });

  test('does not cover what has no price: that goes through and is counted', async () => {
    sending = await start({ perMonthUsd: 0 }, { prices: {} });
    expect((await ask()).environment).toBe('blue');
    expect(budgets().unpricedCalls).toBe(1);
  });

  test('begins again with the month', async () => {
    sending = await start({ perMonthUsd: COST });
    await ask();
    await expect(ask()).rejects.toMatchObject({ failure: 'budget' });
    sending.clock.setWall(Date.UTC(2026, 1, 1));
    await ask();
  });
});

test('Both the app’s budget and the route’s hold', async () => {
  sending = await start(undefined);
  const { blue, backup } = sending;
  const environments = {
    blue: { model: 'blue-model', baseUrl: blue.baseUrl, apiKey: 'sk-blue', weight: 100 },
    backup: { model: 'backup-model', baseUrl: backup.baseUrl, apiKey: 'sk-backup' },
  };
  const routes = {
    chat: { environments, budget: { perMonthUsd: COST, action: 'fallback' as const } },
    search: { environments },
  };
  const app = await startApp({ module: blueGreen({ routes, prices, budget: { perMonthUsd: 2.1 * COST } }) });
  const router = app.get(LlmRouterService);
  const environmentOf = async (alias: string) => (await router.complete(alias, request)).environment;
  try {
    // The route's budget is spent at once: the cheaper environment needs money, too.
    expect(await environmentOf('chat')).toBe('blue');
    await expect(environmentOf('chat')).rejects.toMatchObject({ failure: 'budget' });
    expect(await environmentOf('search')).toBe('blue');
    await expect(environmentOf('search')).rejects.toThrow('budget of the app');
    expect(await app.get(BudgetService).status()).toEqual([
      { scope: 'app', limit: 2.1 * COST, spent: 2 * COST, reserved: 0 },
      { scope: 'route', route: 'chat', limit: COST, spent: COST, reserved: 0 },
    ]);
  } finally {
    await app.close();
  }
});

test('The report says what the same traffic would cost elsewhere', async () => {
  sending = await start(undefined, {
    prices: { ...prices, 'green-model': { input: 0, output: 2 } },
  });
  await ask();
  expect(budgets().report('chat')).toMatchObject({
    route: 'chat',
    environments: expect.arrayContaining([
      expect.objectContaining({ environment: 'blue', answers: 1, cost: COST, costPer1000Requests: 0.2 }),
    ]),
    cheaper: { environment: 'backup', answersAsWell: null },
  });
});
