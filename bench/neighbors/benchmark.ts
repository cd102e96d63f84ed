import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { BlueGreenModule, RolloutService, type BlueGreenOptions } from 'nestjs-blue-green';
import { FakeUpstream } from '../../lib/testing/fake-upstream.js';
import { CanaryScheduler } from '../../lib/rollout/canary-scheduler.js';
import { VersionHistory } from '../../lib/telemetry/version-history.js';
import { Telemetry } from '../../lib/telemetry/telemetry.js';
import { observation } from '../../test/support/observations.js';
import { quantile, rounded } from '../measured/figures.js';
import { Held } from '../../test/support/held.js';

const ROUTES = 1_000;
const KEYS = 10_000;
const TAGS = 5_000;
const LIMIT = 50;
const KEY = 'bench-key-of-the-operator';

/**
 * Large calls, and what a small call beside them takes. Returns 1 when its p99 is above 50 ms, and the event loop was
 * held as long: on a machine with other work a call waits for the processor.
 */
export async function neighbors(): Promise<number> {
  const provider = await FakeUpstream.start();
  const app = await start(provider);
  const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
  const get = async (path: string, status = 200, key = KEY): Promise<void> => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { 'x-api-key': key } });
    const text = await answer.text();
    if (answer.status !== status) throw new Error(`GET ${path}: ${answer.status} ${text.slice(0, 300)}`);
  };
  fill(app);
  const calls: Readonly<Record<string, () => Promise<unknown>>> = {
    'nothing at all': () => sleep(1_000),
    [`GET /v1/metrics/versions, ${TAGS} tags`]: () => get('/v1/metrics/versions'),
    [`GET /metrics, ${ROUTES} routes`]: () => get('/metrics/prometheus'),
    [`a tick over ${ROUTES} rollouts`]: () => app.get(CanaryScheduler).tick(),
    [`GET /health/ready, ${ROUTES} routes`]: () => get('/health/ready'),
    [`GET /v1/status, ${ROUTES} routes`]: () => get('/v1/status'),
    [`an unknown route among ${ROUTES}`]: () => get('/v1/rollouts/route-x', 404),
    'a step of a millionth': () =>
      fetch(`http://127.0.0.1:${port}/v1/routing/policy`, {
        method: 'PATCH',
        headers: { 'x-api-key': KEY, 'content-type': 'application/json' },
        body: JSON.stringify({
          routing: { weights: { blue: 0, green: 100 } },
          traffic_shift: { increment: 1e-7, interval_seconds: 1 },
        }),
      }),
  };
  let isOver = false;
  let asked = 0;
  for (const [name, call] of Object.entries(calls)) {
    const times: number[] = [];
    const held = new Held();
    const large = { isDone: false };
    const small = (async () => {
      while (!large.isDone) {
        const began = performance.now();
        // Each time by another key: one alone would run into its limit.
        await get('/v1/rollouts/route-1', 200, `bench-key-number-${asked++ % KEYS}`);
        times.push(performance.now() - began);
        await sleep(1);
      }
    })();
    const began = performance.now();
    for (let n = 0; n < 3; n++) await call();
    const took = (performance.now() - began) / 3;
    large.isDone = true;
    await small;
    const p99 = quantile(times, 0.99);
    const longest = held.take();
    held.stop();
    if (p99 > LIMIT && longest > LIMIT) isOver = true;
    console.log(
      JSON.stringify({
        call: name,
        tookMs: rounded(took, 0),
        small: times.length,
        smallP99Ms: rounded(p99, 1),
        smallMaxMs: rounded(Math.max(...times), 1),
        heldMs: rounded(longest, 1),
      }),
    );
  }
  await app.close();
  await provider.stop();
  return isOver ? 1 : 0;
}

async function start({ baseUrl }: FakeUpstream): Promise<INestApplication> {
  const slot = (weight: number) => ({ model: 'm', baseUrl, apiKey: 'k', weight });
  const route = {
    environments: { blue: slot(100), green: slot(0) },
    rollout: { steps: [{ setWeight: 5, duration: '1h' }], preflight: false },
  };
  const options: BlueGreenOptions = {
    routes: Object.fromEntries(Array.from({ length: ROUTES }, (_, n) => [`route-${n}`, route])),
    keys: [
      ...Array.from({ length: KEYS }, (_, n) => ({
        name: `key-${n}`,
        key: `bench-key-number-${n}`,
        scopes: ['read' as const],
      })),
      { name: 'operator', key: KEY, scopes: ['read' as const, 'operate' as const] },
    ],
  };
  @Module({
    imports: [
      ScheduleModule.forRoot(),
      BlueGreenModule.forRoot({ ...options, controlApi: true, prometheus: true, healthController: true }),
    ],
  })
  class AppModule {}
  const app = await NestFactory.create(AppModule, { logger: false });
  await app.listen(0, '127.0.0.1');
  const rollouts = app.get(RolloutService);
  for (let n = 0; n < ROUTES; n++) await rollouts.start(`route-${n}`, { actor: 'bench' });
  return app;
}

/** Traffic of every route, and versions of the past. */
function fill(app: INestApplication): void {
  const telemetry = app.get(Telemetry);
  const history = app.get(VersionHistory);
  for (let n = 0; n < ROUTES; n++) {
    for (const environment of ['blue', 'green']) {
      telemetry.observe(observation({ route: `route-${n}`, environment, version: 'm', at: Date.now() }));
    }
  }
  for (let n = 0; n < TAGS; n++) history.see(observation({ version: `tag-${n}`, at: Date.now() }));
}
