import { setTimeout as sleep } from 'node:timers/promises';
import type { INestApplication } from '@nestjs/common';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Cluster, Redis } from 'ioredis';
import { RolloutService, type BlueGreenOptions } from 'nestjs-blue-green';
import { StateStore } from '../lib/rollout/state-store.js';
import { FleetFigures } from '../lib/telemetry/fleet-figures.js';
import { blueGreen, startApp } from './support/app.js';
import { blueAndGreen } from './support/environments.js';
import { FakeProvider } from './support/fake-provider.js';
import { RedisServer } from './support/redis.js';

type JournalRedis = NonNullable<BlueGreenOptions['journal']>['redis'];

let stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.toReversed()) await stop();
  stops = [];
});

async function server(...settings: readonly string[]): Promise<RedisServer> {
  const started = await RedisServer.start(...settings);
  stops.push(() => started.stop());
  return started;
}

function closed<Client extends { disconnect(): void }>(client: Client): Client {
  stops.push(() => client.disconnect());
  return client;
}

async function fleet(redis: () => JournalRedis): Promise<INestApplication[]> {
  const provider = await FakeProvider.start();
  stops.push(() => provider.stop());
  const options = () => ({ alias: 'chat', environments: blueAndGreen(provider), journal: { redis: redis() } });
  const apps: INestApplication[] = [];
  for (let n = 0; n < 2; n++) apps.push(await startApp({ module: blueGreen(options()) }));
  stops.push(() => Promise.all(apps.map((app) => app.close())));
  return apps;
}

/** Commands, news, figures and scripts of one replica reach the other one. */
async function isOneFleet([one, two]: readonly INestApplication[]): Promise<void> {
  const rollouts = one!.get(RolloutService);
  await rollouts.setTrafficWeights('chat', { blue: 60, green: 40 }, { actor: 'ada' });
  await two!.get(StateStore).reached(rollouts.revision);
  expect(two!.get(RolloutService).status('chat').weights).toMatchObject({ blue: 60, green: 40 });
  await two!.get(FleetFigures).exchange();
  expect(two!.get(FleetFigures).isAway).toBe(false);
}

describe('journal.redis', () => {
  test('may be a client of ioredis, which stays as it is', async () => {
    const { port } = await server();
    const client = closed(new Redis(port));
    await isOneFleet(await fleet(() => client));
    expect(await client.ping()).toBe('PONG');
  });

  test('may be a cluster of ioredis', async () => {
    const node = await server('--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1');
    const admin = closed(new Redis(node.url));
    await admin.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    while (!(await admin.cluster('INFO')).includes('cluster_state:ok')) await sleep(20);
    const cluster = closed(new Cluster([{ host: '127.0.0.1', port: node.port }]));
    await isOneFleet(await fleet(() => cluster));
  });
});
