import { setTimeout as sleep } from 'node:timers/promises';
import type { INestApplication } from '@nestjs/common';
import { expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { Redis as Redis5 } from 'ioredis5';
import { AlertService, LlmRouterService, RolloutService, type Alert, type BlueGreenOptions } from 'nestjs-blue-green';
import request from 'supertest';
import { LiveRouteTable } from '../lib/routing/live-route-table.js';
import { blueGreen, startApp } from './support/app.js';
import { fail, FakeProvider } from './support/fake-provider.js';
import { MovingEndpoint } from './support/moving-endpoint.js';
import { RedisServer } from './support/redis.js';
import { REQUEST } from './support/sending.js';

const TIME_LIMIT = 60_000;

/** Callers may still meet a canary for this long after its evidence is there. */
const PROTECTED_WITHIN = 2_000;

/** Stops everything that a test has started, from the last to the first. */
type Stops = (() => unknown)[];

/** Cases mostly wait for Redis, so they run at once. @returns those that failed, with their errors. */
async function failedOf<Case>(
  cases: Readonly<Record<string, Case>>,
  run: (stops: Stops, of: Case, name: string) => Promise<void>,
): Promise<Record<string, unknown>> {
  const failed: Record<string, unknown> = {};
  const settled = async ([name, of]: [string, Case]): Promise<void> => {
    const stops: Stops = [];
    try {
      await run(stops, of, name);
    } catch (error) {
      failed[name] = error;
    } finally {
      for (const stop of stops.toReversed()) await stop();
    }
  };
  await Promise.all(Object.entries(cases).map(settled));
  return failed;
}

const slot = ({ baseUrl }: FakeProvider, weight: number) => ({ model: 'm', baseUrl, apiKey: 'k', weight });

/** An app in which a rollout at 50% is under way. */
class Canary {
  readonly alerts: Alert[] = [];

  private constructor(
    readonly green: FakeProvider,
    readonly app: INestApplication,
  ) {
    app.get(AlertService).alerts$.subscribe((alert) => this.alerts.push(alert));
  }

  static async startedOn(redis: NonNullable<BlueGreenOptions['journal']>['redis'], stops: Stops): Promise<Canary> {
    const [blue, green] = await Promise.all([FakeProvider.start(), FakeProvider.start()]);
    stops.unshift(
      () => blue.stop(),
      () => green.stop(),
    );
    const environments = { blue: slot(blue, 100), green: slot(green, 0) };
    const retry = { attempts: 1 };
    const options = { alias: 'chat', environments, retry, breaker: false as const, journal: { redis } };
    const app = await startApp({ module: blueGreen({ ...options, healthController: true }) });
    stops.push(() => app.close());
    const canary = new Canary(green, app);
    await app.get(RolloutService).start('chat', { schedule: { steps: [{ setWeight: 50, duration: '1h' }] } });
    return canary;
  }

  get status() {
    return this.app.get(RolloutService).status('chat');
  }

  /** Percent of the traffic of this process. */
  get routed(): number {
    const { slots } = this.app.get(LiveRouteTable).current.get('chat');
    return slots.find(({ environment }) => environment === 'green')!.weight;
  }

  async healthOfJournal(): Promise<{ status: string }> {
    return (await request(this.app.getHttpServer()).get('/health')).body.details.journal;
  }

  /** Users call until it is so. @returns how long that took, in milliseconds. */
  async callUntil(isSo: () => unknown, limit = 15_000): Promise<number> {
    const began = performance.now();
    for (let n = 0; !(await isSo()); n++) {
      if (performance.now() - began > limit) throw new Error(`not within ${limit} ms`);
      const key = `user-${n}-${began}`;
      await this.app.get(LlmRouterService).complete('chat', REQUEST, { key });
      await sleep(10);
    }
    return performance.now() - began;
  }

  /** The failures of as many users as a trip takes are there. */
  async failing(): Promise<void> {
    this.green.always(fail(500));
    const before = this.green.calls.length;
    await this.callUntil(() => this.green.calls.length >= before + 5);
  }
}

interface Refusal {
  readonly settings?: readonly string[];
  /** Makes it refuse, and returns how to end that. */
  readonly refuse: (server: RedisServer, client: Redis, stops: Stops) => Promise<() => Promise<unknown>>;
}

const config = (client: Redis, name: string, value: string) => client.call('CONFIG', 'SET', name, value);

const REFUSALS: Readonly<Record<string, Refusal>> = {
  READONLY: {
    refuse: async (_server, client, stops) => {
      const other = await RedisServer.start();
      stops.push(() => other.stop());
      await client.call('CONFIG', 'SET', 'repl-diskless-sync-delay', '0');
      const replica = new Redis(other.url);
      await replica.call('REPLICAOF', '127.0.0.1', String(client.options.port));
      while (!(await replica.info('replication')).includes('master_link_status:up')) await sleep(20);
      replica.disconnect();
      await client.call('REPLICAOF', '127.0.0.1', String(other.port));
      return () => client.call('REPLICAOF', 'NO', 'ONE');
    },
  },
  NOREPLICAS: {
    refuse: async (_server, client) => {
      await config(client, 'min-replicas-to-write', '1');
      return () => config(client, 'min-replicas-to-write', '0');
    },
  },
  MISCONF: {
    // It cannot replace a folder by its file.
    settings: ['--dbfilename', 'appendonlydir', '--save', ''],
    refuse: async (_server, client) => {
      await config(client, 'save', '3600 1');
      await client.call('BGSAVE');
      while (!(await client.info('persistence')).includes('rdb_last_bgsave_status:err')) await sleep(20);
      return () => config(client, 'save', '').then(() => config(client, 'stop-writes-on-bgsave-error', 'no'));
    },
  },
  OOM: {
    refuse: async (_server, client) => {
      await config(client, 'maxmemory', '1');
      return () => config(client, 'maxmemory', '0');
    },
  },
  LOADING: {
    refuse: async (server, client) => {
      for (let n = 0; n < 40; n++) await client.set(`filler-${n}`, 'x');
      void server.restart('--key-load-delay', '100000');
      return () => Promise.resolve();
    },
  },
  CLUSTERDOWN: {
    settings: ['--cluster-enabled', 'yes', '--cluster-require-full-coverage', 'no'],
    refuse: async (_server, client) => {
      await client.call('CLUSTER', 'DELSLOTSRANGE', '0', '16383');
      return () => client.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    },
  },
};

test(
  'While Redis can be read and refuses to be written, a failing canary leaves this process, and is recorded later',
  async () => {
    const failed = await failedOf(REFUSALS, async (stops, { settings = [], refuse }, name) => {
      const server = await RedisServer.start(...settings);
      stops.push(() => server.stop());
      const client = new Redis(server.url);
      client.on('error', () => {});
      stops.push(() => client.disconnect());
      if (name === 'CLUSTERDOWN') {
        await client.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
        while (!(await client.cluster('INFO')).includes('cluster_state:ok')) await sleep(20);
      }
      const canary = await Canary.startedOn(server.url, stops);
      const mend = await refuse(server, client, stops);

      await canary.failing();
      expect(await canary.callUntil(() => canary.routed === 0)).toBeLessThan(PROTECTED_WITHIN);
      const asked = canary.green.calls.length;

      if (name !== 'LOADING') {
        await canary.callUntil(() => canary.alerts.some(({ type }) => type === 'journal_unavailable'));
        expect(await canary.healthOfJournal()).toMatchObject({
          status: 'degraded',
          message: expect.stringContaining(name),
          awayFor: expect.any(Number),
          takenOut: ['chat/green'],
        });
      }
      expect(canary.alerts.filter(({ type }) => type === 'local_rollback')).toHaveLength(1);
      expect(canary.status).toMatchObject({
        weights: { blue: 50, green: 50 },
        rollout: { phase: { name: 'Progressing' } },
      });

      await mend();
      await canary.callUntil(() => canary.status.rollout?.phase.name === 'RolledBack');
      await canary.callUntil(async () => (await canary.healthOfJournal()).status === 'up');
      expect(canary.green.calls).toHaveLength(asked);
    });
    expect(failed).toEqual({});
  },
  TIME_LIMIT,
);

const WAYS = {
  'a URL': (url: string) => url,
  'a client of ioredis 5': (url: string, stops: Stops) => {
    const client = new Redis5(url);
    stops.push(() => client.disconnect());
    return client;
  },
};

test('A failover that leaves connections with the old primary is noticed: a failing canary is taken back for the fleet', async () => {
  const failed = await failedOf(WAYS, async (stops, redisAt) => {
    const [old, next] = await Promise.all([RedisServer.start(), RedisServer.start()]);
    const endpoint = await MovingEndpoint.to(old.port);
    const [a, b] = [new Redis(old.url), new Redis(next.url)];
    stops.push(() => Promise.all([old.stop(), next.stop()]));
    stops.push(() => [a.disconnect(), b.disconnect(), endpoint.stop()]);
    await config(a, 'repl-diskless-sync-delay', '0');
    await b.call('REPLICAOF', '127.0.0.1', String(old.port));
    const canary = await Canary.startedOn(redisAt(endpoint.url, stops), stops);
    while ((await b.xlen('{blue-green}:journal').catch(() => 0)) < 2) await sleep(20);

    await b.call('REPLICAOF', 'NO', 'ONE');
    await a.call('REPLICAOF', '127.0.0.1', String(next.port));
    endpoint.move(next.port);

    await canary.failing();
    expect(await canary.callUntil(() => canary.status.weights['green'] === 0)).toBeLessThan(PROTECTED_WITHIN);
    await canary.callUntil(() => canary.status.rollout?.phase.name === 'RolledBack');
    expect(await b.xlen('{blue-green}:journal')).toBe(4);
    const again = canary.app.get(RolloutService).rollback('chat', { actor: 'ada' });
    expect(await again).toMatchObject({ changed: false });
    expect(canary.alerts.map(({ type }) => type)).not.toContain('journal_unavailable');
  });
  expect(failed).toEqual({});
});
