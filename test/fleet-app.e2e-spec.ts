import type { INestApplication } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { Test } from '@nestjs/testing';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { LlmRouterService, RolloutService } from 'nestjs-blue-green';
import type { RedisConnection } from '../lib/redis/redis-connection.js';
import { FleetFigures } from '../lib/telemetry/fleet-figures.js';
import { VersionHistory } from '../lib/telemetry/version-history.js';
import { REDIS } from '../lib/tokens.js';
import { blueGreen } from './support/app.js';
import { fail, FakeProvider } from './support/fake-provider.js';
import { RedisServer } from './support/redis.js';
import { REQUEST } from './support/sending.js';

let server: RedisServer;
let client: Redis;
let blue: FakeProvider;
let green: FakeProvider;
let apps: INestApplication[];

beforeEach(async () => {
  server = await RedisServer.start();
  client = new Redis(server.url, { enableOfflineQueue: false, maxRetriesPerRequest: 0, retryStrategy: () => 10 });
  client.on('error', () => {});
  await ready();
  [blue, green] = await Promise.all([FakeProvider.start(), FakeProvider.start()]);
  apps = [await app(), await app()];
});
afterEach(async () => {
  for (const one of apps) await one.close();
  client.disconnect();
  await Promise.all([blue.stop(), green.stop(), server.stop()]);
});

const ready = () => new Promise((resolve) => client.once('ready', resolve));

const slot = ({ baseUrl }: FakeProvider, weight: number) => ({ model: 'm', baseUrl, apiKey: 'k', weight });

/** One replica, on the Redis of all. */
async function app(): Promise<INestApplication> {
  const connection: RedisConnection = {
    send: (command, ...args) => client.call(command, ...args.map(String)),
    duplicate: () => connection,
    close: () => Promise.resolve(),
  };

  const module = blueGreen({
    alias: 'chat',
    environments: {
      blue: { ...slot(blue, 100), version: 'v1' },
      green: { ...slot(green, 0), version: 'v2' },
    },
    retry: { attempts: 1 },
    breaker: { halfOpenAfter: '1h' },
  });
  const builder = Test.createTestingModule({ imports: [ScheduleModule.forRoot(), module] });
  const compiled = await builder.overrideProvider(REDIS).useValue(connection).compile();
  const started = compiled.createNestApplication({ logger: false });
  await started.init();
  return started;
}

const ask = (replica: INestApplication, environment: string) =>
  replica.get(LlmRouterService).complete('chat', REQUEST, { environment });
const total = (replica: INestApplication, environment: string) =>
  replica.get(RolloutService).status('chat').environments[environment]?.total.requestCount;

async function exchanged(): Promise<void> {
  for (let n = 0; n < 2; n++) for (const replica of apps) await replica.get(FleetFigures).exchange();
}

describe('two apps on one Redis', () => {
  test('have the same figures, to which each has its part', async () => {
    const [one, two] = apps as [INestApplication, INestApplication];
    for (const replica of [one, two, two]) await ask(replica, 'blue');
    await exchanged();
    expect([total(one, 'blue'), total(two, 'blue')]).toEqual([3, 3]);
  });

  test('tell of all requests to a version, whoever is asked, and how old the news are', async () => {
    const [one, two] = apps as [INestApplication, INestApplication];
    for (const replica of [one, two, two]) await ask(replica, 'blue');
    await exchanged();
    const requests = apps.map((replica) => {
      const history = replica.get(VersionHistory);
      return [history.versions, history.between('v1', 0, Infinity, Date.now()).summary().requests];
    });
    expect(requests).toEqual([
      [['v1'], 3],
      [['v1'], 3],
    ]);
    expect(one.get(RolloutService).status('chat').figuresAge).toBeLessThan(60_000);
  });

  test('wait out a rate limit that one of them has run into', async () => {
    const [one, two] = apps as [INestApplication, INestApplication];
    green.always(fail(429, 'rate_limit_exceeded', { 'retry-after': '60' }));
    for (let call = 0; call < 5; call++) await ask(one, 'green');
    await exchanged();
    const asked = green.calls.length;
    expect(await ask(two, 'green')).toMatchObject({
      environment: 'blue',
      attempts: [{ environment: 'green', failure: 'rate_limited' }, { environment: 'blue' }],
    });
    expect(green.calls.length).toBe(asked);
  });

  test('answer while Redis is away, and have lost nothing when it is back', async () => {
    const [one, two] = apps as [INestApplication, INestApplication];
    await ask(one, 'blue');
    await exchanged();
    await server.kill();
    for (const replica of [one, two, two]) await ask(replica, 'blue');
    await exchanged();
    expect([total(one, 'blue'), total(two, 'blue')]).toEqual([2, 3]);
    const back = ready();
    await server.restart();
    await back;
    await exchanged();
    expect([total(one, 'blue'), total(two, 'blue')]).toEqual([4, 4]);
  });
});
