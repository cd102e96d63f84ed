import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { HealthMonitor } from '../lib/health/health-monitor.js';
import { VersionHistory } from '../lib/telemetry/version-history.js';
import { ADAPTERS, blueGreen } from './support/app.js';
import { control, controlOptions, OPERATOR } from './support/control.js';
import { Held } from './support/held.js';
import { observation } from './support/observations.js';
import { Stage, urlOf } from './support/stage.js';

/**
 * Longest time that one call may hold everybody else, milliseconds of the processor. A collection of memory is one of
 * them.
 */
const HELD = 150;

const shift = (increment: number, interval = 1) => ({
  routing: { weights: { blue: 0, green: 100 } },
  traffic_shift: { increment, interval_seconds: interval },
});

describe.each(ADAPTERS)('Many of everything, on %s', (adapter) => {
  let stage: Stage;
  beforeEach(async () => (stage = await Stage.open()));
  afterEach(() => stage.close());

  const started = (count: number, apiKey: (n: number) => string, baseUrl = stage.provider.baseUrl) => {
    const slot = (n: number, weight: number) => ({ model: 'm', baseUrl, apiKey: apiKey(n), weight });
    const route = (n: number) => ({ environments: { blue: slot(n, 100), green: slot(n, 0) } });
    const routes = Object.fromEntries(Array.from({ length: count }, (_, n) => [`route-${n}`, route(n)]));
    return stage.app({ adapter, module: blueGreen({ routes, ...controlOptions, healthController: true }) });
  };

  test('a thousand routes on one account are one question to its provider', async () => {
    const app = await started(1_000, () => 'k');
    expect((await fetch(`${urlOf(app)}/health/ready`)).status).toBe(200);
    expect(stage.provider.seen).toHaveLength(1);
  });

  test('a hundred accounts are asked sixteen at a time', async () => {
    let [most, asked] = [0, 0];
    const open: ServerResponse[] = [];
    // Nobody is answered before sixteen wait, and a moment later: a seventeenth would have come by then.
    let moment: NodeJS.Timeout | undefined;
    const provider = createServer((_request, response) => {
      open.push(response);
      most = Math.max(most, open.length);
      clearTimeout(moment);
      if (++asked < 100 && open.length < 16) return;
      moment = setTimeout(() => {
        for (const waiting of open.splice(0)) waiting.end('{}');
      }, 50);
    }).listen(0, '127.0.0.1');
    await once(provider, 'listening');
    const { port } = provider.address() as AddressInfo;
    const app = await started(100, (n) => `key-${n}`, `http://127.0.0.1:${port}/v1`);
    const monitor = app.get(HealthMonitor);
    await Promise.all(Array.from({ length: 100 }, (_, n) => monitor.check(`route-${n}`, 'blue')));
    expect([asked, most]).toEqual([100, 16]);
    provider.closeAllConnections();
    provider.close();
  });

  test('figures of 5,000 versions leave the event loop to others', async () => {
    const app = await started(1, () => 'k');
    const history = app.get(VersionHistory);
    const at = Date.now();
    for (let n = 0; n < 5_000; n++) history.see(observation({ version: `tag-${n % 250}`, route: `route-${n}`, at }));
    const held = new Held();
    const { status } = await control(app, 'GET', '/metrics/versions');
    const longest = held.take();
    held.stop();
    expect(status).toBe(200);
    expect(longest).toBeLessThan(HELD);
  });

  test('a number as small or as large as numbers are is refused at once', async () => {
    const app = await started(1, () => 'k');
    const bodies: readonly (readonly [path: string, body: object])[] = [
      ...[1e-7, 5e-324, 1e-3, 1e308].map((value) => ['/routing/policy', shift(value)] as const),
      ['/routing/policy', shift(10, 1e300)],
      ['/rollouts/route-0/start', { schedule: { steps: { increment: 1e-7, interval: 1 } } }],
      ['/rollouts/route-0/start', { schedule: { finalBakeTime: 1e300 } }],
      ['/rollouts/route-0/shift', { target: 'green', increment: 1e-9 }],
      ['/models/versions', { version_tag: 'v', model: 'm', cost_limit_per_request: 1e300 }],
      ['/routes/traffic', { health_check: { enabled: true, latency_p99_threshold_ms: 1e300 } }],
    ];
    const held = new Held();
    for (const [path, body] of bodies) {
      const { status } = await control(app, path === '/routing/policy' ? 'PATCH' : 'POST', path, body, {
        authorization: `Bearer ${OPERATOR}`,
      });
      expect([path, JSON.stringify(body), [404, 409, 422].includes(status)]).toEqual([
        path,
        JSON.stringify(body),
        true,
      ]);
    }
    expect(held.take()).toBeLessThan(HELD);
    held.stop();
  });
});
