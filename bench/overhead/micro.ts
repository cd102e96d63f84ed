import { GrowthBook } from '@growthbook/growthbook';
import { systemClock } from '../../lib/kit/clock.js';
import { LiveRouteTable } from '../../lib/routing/live-route-table.js';
import { RouteTable } from '../../lib/routing/route-table.js';
import { TrafficSplitter } from '../../lib/routing/traffic-splitter.js';
import { Telemetry } from '../../lib/telemetry/telemetry.js';
import type { RouteState } from '../../lib/domain/state.js';
import type { RegisteredVersion } from '../../lib/domain/version.js';
import { observation } from '../../test/support/observations.js';

/** Nanoseconds per call, of the fastest of several runs: what is slower was somebody else's doing. */
function nanoseconds(call: (n: number) => unknown, calls = 200_000): number {
  let best = Infinity;
  for (let run = 0; run < 7; run++) {
    const began = process.hrtime.bigint();
    for (let n = 0; n < calls; n++) call(n);
    best = Math.min(best, Number(process.hrtime.bigint() - began) / calls);
  }
  return best;
}

const slot = (tag: string) => ({
  displayName: tag,
  version: {
    tag,
    model: 'm',
    upstream: 'u',
    parameters: { values: {}, mode: 'default' as const },
    capabilities: {},
  },
});

function routesOf(count: number): Map<string, RouteState> {
  return new Map(
    Array.from({ length: count }, (_, n): [string, RouteState] => {
      const alias = `route-${n}`;
      const environments = { blue: slot(`v${n}`), green: slot(`w${n}`) };
      const weights = { blue: 75, green: 25 };
      const placing = { seed: `seed-${n}`, order: ['green', 'blue'] };
      const rest = { configured: environments, settings: {}, active: 'blue', fallback: [], ...placing };
      return [alias, { alias, environments, weights, segment: 1, epoch: 1, ...rest }];
    }),
  );
}

const VERSIONS_OF_A_ROUTE = 50;

/** Registered, and ready to be rolled out: the table of routes is made without looking at them. */
function versionsOf(routes: number): Map<string, RegisteredVersion> {
  return new Map(
    Array.from({ length: routes * VERSIONS_OF_A_ROUTE }, (_, n): [string, RegisteredVersion] => {
      const { version } = slot(`registered-${n}`);
      return [version.tag, { id: version.tag, version, metadata: {}, registeredAt: 0 }];
    }),
  );
}

function splitterOver(routes: number): TrafficSplitter {
  const table = new LiveRouteTable();
  table.swap(RouteTable.from({ revision: 1, routes: routesOf(routes), versions: versionsOf(routes) }));
  return new TrafficSplitter(table, Math.random);
}

export interface Micro {
  readonly assignmentNs: number;
  readonly unleashNs: number;
  readonly growthbookNs: number;
  readonly observationUs: number;
  readonly assignmentAtScale: number;
}

export async function micro(): Promise<Micro> {
  const users = Array.from({ length: 4_096 }, (_, n) => `user-${n}`);
  const user = (n: number): string => users[n & 4_095]!;
  const single = splitterOver(1);
  const many = splitterOver(1_000);
  const aliases = Array.from({ length: 1_024 }, (_, n) => `route-${n % 1_000}`);

  const { Unleash } = await import('unleash-client');
  const unleash = new Unleash({
    appName: 'bench',
    url: 'http://127.0.0.1:1/',
    refreshInterval: 0,
    metricsInterval: 0,
    disableMetrics: true,
    skipInstanceCountWarning: true,
    bootstrap: {
      data: [
        {
          name: 'chat',
          enabled: true,
          type: 'release',
          project: 'default',
          stale: false,
          strategies: [{ name: 'default', parameters: {}, constraints: [] }],
          variants: [
            { name: 'blue', weight: 750, weightType: 'fix', stickiness: 'userId', overrides: [] },
            { name: 'green', weight: 250, weightType: 'fix', stickiness: 'userId', overrides: [] },
          ],
          impressionData: false,
        },
      ] as never,
    },
  });
  unleash.on('error', () => {});
  unleash.on('warn', () => {});
  await new Promise((resolve) => unleash.once('ready', resolve));

  const growthbook = new GrowthBook({
    features: {
      chat: {
        defaultValue: 'blue',
        rules: [{ variations: ['blue', 'green'], weights: [0.75, 0.25], hashAttribute: 'id' }],
      },
    } as never,
  });

  const assignmentNs = nanoseconds((n) => single.assign('route-0', { key: user(n) }));
  const scaleNs = nanoseconds((n) => many.assign(aliases[n & 1_023]!, { key: user(n) }));
  const unleashNs = nanoseconds((n) => unleash.getVariant('chat', { userId: user(n) }), 20_000);
  const growthbookNs = nanoseconds((n) => {
    void growthbook.setAttributes({ id: user(n) });
    return growthbook.evalFeature('chat');
  }, 20_000);
  unleash.destroy();

  const telemetry = new Telemetry(300_000, undefined, systemClock);
  const seen = Array.from({ length: 64 }, (_, n) =>
    observation({
      at: Date.now(),
      latency: 100 + 7 * n,
      usage: { inputTokens: 100, outputTokens: 50, cachedInputTokens: 0 },
      cost: 0.001,
    }),
  );
  const observationNs = nanoseconds((n) => {
    const one = seen[n & 63]!;
    telemetry.charge(one);
    telemetry.observe(one);
  });
  return {
    assignmentNs,
    unleashNs,
    growthbookNs,
    observationUs: observationNs / 1_000,
    assignmentAtScale: scaleNs / assignmentNs,
  };
}
