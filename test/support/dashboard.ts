import type { Server } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import {
  RolloutService,
  Telemetry,
  type BlueGreenExtras,
  type BlueGreenOptions,
  type Observation,
} from 'nestjs-blue-green';
import { CanaryScheduler } from '../../lib/rollout/canary-scheduler.js';
import { blueGreen, startApp, type Adapter } from './app.js';
import { FakeClock } from './fake-clock.js';
import { happened, observation } from './observations.js';
import { seededRandom } from './seeded-random.js';
import { urlOf } from './stage.js';

export const READER = 'a-key-of-somebody-who-looks';
export const OPERATOR = 'a-key-of-somebody-who-may-act';
const MINUTE = 60_000;

/** Nobody is asked: traffic is made by hand. */
const upstream = { baseUrl: 'http://127.0.0.1:9/v1', apiKey: 'none' };
const environments = {
  blue: { model: 'gpt-4o', version: '2026-01', weight: 100, ...upstream },
  green: { model: 'gpt-4.1-mini', version: '2026-02', ...upstream },
};

export interface DashboardOptions {
  readonly routes?: readonly string[];
  readonly adapter?: Adapter;
  readonly dashboard?: BlueGreenExtras['dashboard'];
  readonly options?: BlueGreenExtras & Partial<BlueGreenOptions>;
}

/** An app with the dashboard, time that passes when it is told to, and traffic made by hand. */
export class DashboardApp {
  readonly #random = seededRandom(7);
  readonly rollouts: RolloutService;

  private constructor(
    readonly app: INestApplication,
    readonly clock: FakeClock,
  ) {
    this.rollouts = app.get(RolloutService);
  }

  static async start({ routes = ['support-chat'], adapter, dashboard = true, options }: DashboardOptions = {}) {
    const clock = new FakeClock(Date.UTC(2026, 1, 3, 9));
    const module = blueGreen({
      routes: Object.fromEntries(routes.map((alias) => [alias, { environments }])),
      keys: [
        { name: 'ada', key: OPERATOR, scopes: ['read', 'operate'] },
        { name: 'visitor', key: READER, scopes: ['read'] },
        { name: 'web', key: 'a-key-for-calls-alone', scopes: ['inference'] },
      ],
      rollout: {
        preflight: { enabled: false },
        steps: [5, 25, 50, 100].map((setWeight) => ({ setWeight, duration: '10m' })),
        gates: [
          { name: 'failures', kind: 'errorRate', compare: 'baseline', tolerance: 0.25 },
          { name: 'slow answers', kind: 'latency', quantile: 0.99, max: 4_000, minSampleSize: 20 },
        ],
        finalBakeTime: '10m',
      },
      dashboard,
      controlApi: true,
      ...options,
    });
    return new DashboardApp(await startApp({ module, clock, ...(adapter && { adapter }) }), clock);
  }

  get url(): string {
    return `${urlOf(this.app)}/blue-green`;
  }

  /** Minutes with traffic on a route, split by its weights; `failing` is the share of green's requests that fail. */
  async pass(minutes: number, { alias = 'support-chat', perMinute = 60, failing = 0.004 } = {}): Promise<void> {
    for (let minute = 0; minute < minutes; minute++) {
      for (let n = 0; n < perMinute; n++) this.#request(alias, failing);
      this.clock.advance(MINUTE);
      await this.app.get(CanaryScheduler).tick();
    }
  }

  /** The newest rollout's report, as the control API has it. */
  async report(format: 'html' | 'md'): Promise<string> {
    const url = `${urlOf(this.app)}/v1/rollouts/support-chat/report?format=${format}`;
    return (await fetch(url, { headers: { authorization: `Bearer ${READER}` } })).text();
  }

  async stop(): Promise<void> {
    (this.app.getHttpServer() as Server).closeAllConnections();
    await this.app.close();
  }

  #request(alias: string, failing: number): void {
    const { weights, epoch, segment, environments: slots } = this.rollouts.route(alias);
    const isGreen = this.#random() * 100 < (weights['green'] ?? 0);
    const environment = isGreen ? 'green' : 'blue';
    const version = slots[environment]!.version.tag;
    const fails = this.#random() < (isGreen ? failing : 0.006);
    const latency = (isGreen ? 640 : 820) * Math.exp(this.#random() + this.#random() - 1);
    const seen: Partial<Observation> = {
      route: alias,
      at: this.clock.now(),
      environment,
      version,
      epoch,
      segment,
      unit: this.#random(),
      outcome: fails ? 'server_error' : 'ok',
      latency,
      timeToFirstToken: latency * 0.3,
      ...(!fails && {
        usage: { inputTokens: 900, cachedInputTokens: 0, outputTokens: 180 },
        cost: isGreen ? 0.00065 : 0.00405,
        answeredBy: { environment, version },
      }),
    };
    happened(this.app.get(Telemetry), observation(seen));
  }
}
