import { setTimeout as sleep } from 'node:timers/promises';
import type { INestApplication } from '@nestjs/common';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Cluster, Redis } from 'ioredis';
import { Cluster as Cluster5, Redis as Redis5 } from 'ioredis5';
import { RolloutService, type BlueGreenOptions } from 'nestjs-blue-green';
import { StateStore } from '../lib/rollout/state-store.js';
import { FleetFigures } from '../lib/telemetry/fleet-figures.js';
import { blueGreen, startApp } from './support/app.js';
import { blueAndGreen } from './support/environments.js';
import { FakeProvider } from './support/fake-provider.js';
import { freePort } from './support/free-port.js';
import { RedisServer } from './support/redis.js';
import { ownCertificate } from './support/secure-provider.js';
import { SentinelServer } from './support/sentinel.js';

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

/** Clients of both majors that apps have. */
const IOREDIS = [
  {
    name: 'ioredis 5',
    redis: (port: number) => new Redis5(port),
    cluster: (port: number) => new Cluster5([{ host: '127.0.0.1', port }]),
    bySentinel: (port: number) => new Redis5({ sentinels: [{ host: '127.0.0.1', port }], name: 'main' }),
  },
  {
    name: 'ioredis 6',
    redis: (port: number) => new Redis(port),
    cluster: (port: number) => new Cluster([{ host: '127.0.0.1', port }]),
    bySentinel: (port: number) => new Redis({ sentinels: [{ host: '127.0.0.1', port }], name: 'main' }),
  },
];

describe('journal.redis', () => {
  test.each(IOREDIS)('may be a client of $name, which stays as it is', async ({ redis }) => {
    const { port } = await server();
    const client = closed(redis(port));
    await isOneFleet(await fleet(() => client));
    expect(await client.ping()).toBe('PONG');
  });

  test('may be an address in words', async () => {
    const { port } = await server('--requirepass', 'a-password');
    await isOneFleet(await fleet(() => ({ host: '127.0.0.1', port, password: 'a-password' })));
  });

  test('may be an address with TLS and a certificate of its own', async () => {
    const certificate = ownCertificate();
    stops.push(() => certificate.remove());
    const port = await freePort();
    const files = ['--tls-cert-file', certificate.path, '--tls-ca-cert-file', certificate.path];
    const key = ['--tls-key-file', certificate.keyPath];
    await server('--tls-port', String(port), ...files, ...key, '--tls-auth-clients', 'no');
    const at = (tls: true | object) => ({ host: '127.0.0.1', port, tls });
    await expect(fleet(() => at(true))).rejects.toThrow(/self-signed/);
    await isOneFleet(await fleet(() => at({ ca: certificate.cert })));
  });

  test.each(IOREDIS)('may be a cluster of $name', async (ioredis) => {
    const node = await server('--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1');
    const admin = closed(new Redis(node.url));
    await admin.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    while (!(await admin.cluster('INFO')).includes('cluster_state:ok')) await sleep(20);
    const cluster = closed(ioredis.cluster(node.port));
    await isOneFleet(await fleet(() => cluster));
  });
});

/** The primary fails, and apps with such a Redis go on at its replica. */
async function failedOver(redis: (port: number) => JournalRedis): Promise<void> {
  const primary = await server();
  const replica = await server('--replicaof', `127.0.0.1 ${primary.port}`);
  const admin = closed(new Redis(replica.url));
  while (!(await admin.info('replication')).includes('master_link_status:up')) await sleep(20);
  const sentinel = await SentinelServer.start('main', primary.port);
  stops.push(() => sentinel.stop());
  await sentinel.knowsReplica();
  const apps = await fleet(() => redis(sentinel.port));
  await isOneFleet(apps);
  const { revision } = apps[0]!.get(RolloutService);
  while ((await admin.xlen('{blue-green}:journal')) < revision) await sleep(20);

  await primary.kill();
  const rollouts = apps[0]!.get(RolloutService);
  const moved = () =>
    rollouts.setTrafficWeights('chat', { blue: 30, green: 70 }, { actor: 'ada' }).then(
      () => true,
      (error: { code?: string }) => {
        expect(error.code).toBe('journal_unavailable');
        return false;
      },
    );
  while (!(await moved())) await sleep(100);
  await apps[1]!.get(StateStore).reached(rollouts.revision);
  expect(apps[1]!.get(RolloutService).status('chat').weights).toMatchObject({ blue: 30, green: 70 });
  expect(rollouts.revision).toBe(revision + 1);
}

describe('A primary that Sentinel names, to options or to a client of ioredis 5 or 6', () => {
  const WAYS: readonly ((port: number) => JournalRedis)[] = [
    (port) => ({ sentinels: [{ host: '127.0.0.1', port }], name: 'main' }),
    ...IOREDIS.map(
      ({ bySentinel }) =>
        (port: number) =>
          closed(bySentinel(port).on('error', () => {})),
    ),
  ];

  // Sentinel takes its time: all at once.
  test('a failover is followed by all of them, and nothing is lost', async () => {
    await Promise.all(WAYS.map(failedOver));
  });
});
