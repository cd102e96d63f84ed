import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { INestApplication } from '@nestjs/common';
import { BudgetService, LlmRouterService, type BlueGreenOptions } from 'nestjs-blue-green';
import { RedisBudgetStore } from '../lib/money/redis-budget-store.js';
import { blueGreen, startApp } from './support/app.js';
import type { FromChild, ToChild } from './support/budget-child.js';
import { blueAndGreen } from './support/environments.js';
import { FakeProvider } from './support/fake-provider.js';
import { RedisServer } from './support/redis.js';
import { readyConnection } from './support/redis-ready.js';
import { REQUEST } from './support/sending.js';

const CHILD = new URL('./support/budget-child.js', import.meta.url);
const COST = 0.0002;

let redis: RedisServer;
let provider: FakeProvider;
let children: ChildProcess[];

const optionsOn = (url: string): BlueGreenOptions => ({
  alias: 'chat',
  environments: blueAndGreen(provider),
  prices: { 'model-blue': { input: 0, output: 20 }, 'model-green': { input: 0, output: 20 } },
  budget: { perMonthUsd: 10 * COST },
  retry: { attempts: 1 },
  breaker: false,
  scheduler: false,
  journal: { redis: url },
});

beforeEach(async () => {
  [redis, provider] = await Promise.all([RedisServer.start(), FakeProvider.start()]);
  const options = { ...optionsOn(redis.url), journal: undefined };
  children = Array.from({ length: 3 }, () => fork(CHILD, { execArgv: [] }));
  await Promise.all(children.map((child) => tell(child, { type: 'start', redis: redis.url, options })));
}, 60_000);

afterEach(async () => {
  const exits = children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
  await Promise.all(exits.map((child) => (child.disconnect(), once(child, 'exit'))));
  await Promise.all([redis.stop(), provider.stop()]);
}, 60_000);

async function tell(child: ChildProcess, message: ToChild): Promise<FromChild> {
  const answer = once(child, 'message');
  child.send(message);
  return (await answer)[0] as FromChild;
}

/** 64 callers, spread over all processes, begin at once. */
async function outcomes(): Promise<readonly string[]> {
  const answers = await Promise.all(
    children.map((child, n) => tell(child, { type: 'ask', callers: n === 0 ? 22 : 21 })),
  );
  return answers.flatMap((answer) => (answer.type === 'asked' ? answer.outcomes : []));
}

const replica = (): Promise<INestApplication> => startApp({ module: blueGreen(optionsOn(redis.url)) });
const call = (app: INestApplication) => app.get(LlmRouterService).complete('chat', { ...REQUEST, max_tokens: 10 });

const count = (all: readonly string[], outcome: string) => all.filter((one) => one === outcome).length;

describe('A budget with room for ten, over three processes', () => {
  test('lets exactly ten of 64 concurrent callers through', async () => {
    const all = await outcomes();
    expect([all.length, count(all, 'ok'), count(all, 'budget')]).toEqual([64, 10, 54]);
    expect(provider.calls).toHaveLength(10);

    const connection = await readyConnection(redis.url);
    const figures = await new RedisBudgetStore(connection).figures([{ key: 'app', marks: [] }]);
    await connection.close();
    expect(figures.get('app')).toEqual({ spent: 2_000_000, reserved: 0 });
  });

  test('without Redis no process spends more than was left, and no call fails that is covered', async () => {
    await redis.kill();
    const all = await outcomes();
    expect([count(all, 'ok'), count(all, 'budget')]).toEqual([30, 34]);
  });
});

describe('A budget that is used up', () => {
  test('is so for every replica, also when Redis has lost it and none of them has spent it', async () => {
    const spender = await replica();
    for (let n = 0; n < 10; n++) await call(spender);
    await expect(call(spender)).rejects.toMatchObject({ code: 'upstream_budget' });
    const idle = await replica();
    await spender.close();
    const connection = await readyConnection(redis.url);
    await connection.send('DEL', ...['spent', 'reserved', 'reservations'].map((name) => `{blue-green}:budget:${name}`));
    await connection.close();
    await expect(call(idle)).rejects.toMatchObject({ code: 'upstream_budget' });
    expect(await idle.get(BudgetService).status()).toMatchObject([{ spent: 10 * COST, reserved: 0 }]);
    await idle.close();
  });
});
