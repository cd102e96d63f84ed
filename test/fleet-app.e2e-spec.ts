import type { INestApplication } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { Test } from '@nestjs/testing';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { LlmRouterService, MemoryJournal, RolloutService, ShadowService } from 'nestjs-blue-green';
import type { RedisConnection } from '../lib/redis/redis-connection.js';
import { CanaryScheduler } from '../lib/rollout/canary-scheduler.js';
import { StateStore } from '../lib/rollout/state-store.js';
import { FleetFigures } from '../lib/telemetry/fleet-figures.js';
import { VersionHistory } from '../lib/telemetry/version-history.js';
import { JOURNAL, REDIS } from '../lib/tokens.js';
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
  const journal = new MemoryJournal();
  apps = [await app(journal), await app(journal)];
});
afterEach(async () => {
  for (const one of apps) await one.close();
  client.disconnect();
  await Promise.all([blue.stop(), green.stop(), server.stop()]);
});

const ready = () => new Promise((resolve) => client.once('ready', resolve));

/** Long enough for nothing to come after it. */
const STEP = { setWeight: 5, duration: '1h' };
const slot = ({ baseUrl }: FakeProvider, weight: number) => ({ model: 'm', baseUrl, apiKey: 'k', weight });

/** One replica, on the Redis and the journal of all. */
async function app(journal: MemoryJournal): Promise<INestApplication> {
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
    shadow: { maxEventLoopDelay: '1h' },
    rollout: { shadow: { percentage: 100, concurrency: 50, duration: 0, minPairs: 5 }, gates: [], steps: [STEP] },
  });
  const builder = Test.createTestingModule({ imports: [ScheduleModule.forRoot(), module] });
  builder.overrideProvider(REDIS).useValue(connection).overrideProvider(JOURNAL).useValue(journal);
  const compiled = await builder.compile();
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

/** The rollout as one replica knows it; by now it has heard of what the other one did. */
const rolloutOf = (replica: INestApplication) => replica.get(RolloutService).status('chat').rollout!;
const mirrored = (replica: INestApplication) => replica.get(ShadowService).shadowReport('chat').pairs;

async function mirrors(replica: INestApplication, pairs: number): Promise<void> {
  for (let call = 0; call < pairs; call++) await replica.get(LlmRouterService).complete('chat', REQUEST);
  while (mirrored(replica) < pairs) await new Promise(setImmediate);
}

describe('a shadow stage of two apps on one Redis', () => {
  beforeEach(async () => {
    const rollouts = apps[0]!.get(RolloutService);
    await rollouts.start('chat');
    await apps[1]!.get(StateStore).reached(rollouts.revision);
  });

  test('is over by the pairs of both, also for the one that sees none', async () => {
    const [leader, serving] = apps as [INestApplication, INestApplication];
    await mirrors(serving, 6);
    await exchanged();
    await leader.get(CanaryScheduler).tickRoute('chat');
    expect(rolloutOf(leader).phase.name).toBe('Progressing');
  });

  test('ends the rollout for failures that the other one saw', async () => {
    const [leader, serving] = apps as [INestApplication, INestApplication];
    green.always(fail(500));
    await mirrors(serving, 6);
    await exchanged();
    await leader.get(CanaryScheduler).tickRoute('chat');
    expect(rolloutOf(leader).phase.name).toBe('RolledBack');
  });
});

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
