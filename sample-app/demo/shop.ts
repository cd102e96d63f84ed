import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { RolloutService, TrafficSplitter, type JournalEntry, type RolloutInput } from 'nestjs-blue-green';
import { filter, firstValueFrom, timeout } from 'rxjs';
import { AppModule } from '../app.module.js';
import { settingsOf, startMockProviders, type MockProviders } from '../providers.js';
import { SUPPORT_CHAT } from '../support-chat.js';
import { Traffic } from './traffic.js';

const GATEWAY_KEY = 'shop-gateway-key';
export const REQUESTS_PER_SECOND = 120;
export const STEPS = [5, 25, 50, 100];

const SAMPLE = { canary: 10, baseline: 10 };

/** A schedule of days, in seconds. Its gates are the usual ones, with a smaller sample. */
const ROLLOUT: RolloutInput = {
  steps: STEPS.map((setWeight) => ({ setWeight, duration: '2s', holdConditions: { minSampleSize: SAMPLE } })),
  gates: [
    { kind: 'errorRate', tolerance: 0, minSampleSize: 10 },
    { kind: 'wrongAnswers', tolerance: 0, minSampleSize: 10 },
    { kind: 'latency', quantile: 0.95, tolerance: 1, minSampleSize: 10 },
  ],
  finalBakeTime: '2s',
};

/** The sample app with its providers, and customers who write to it. */
export class Shop {
  readonly rollouts: RolloutService;
  readonly traffic: Traffic;

  private constructor(
    private readonly app: NestFastifyApplication,
    readonly providers: MockProviders,
    url: string,
  ) {
    this.rollouts = app.get(RolloutService);
    this.traffic = new Traffic(url, GATEWAY_KEY, REQUESTS_PER_SECOND);
  }

  static async open(): Promise<Shop> {
    const mocks = await startMockProviders();
    const settings = { providers: settingsOf(mocks), gatewayKey: GATEWAY_KEY, monitorInterval: '500ms', window: '5s' };
    const app = await NestFactory.create<NestFastifyApplication>(
      AppModule.with({ ...settings, rollout: ROLLOUT }),
      new FastifyAdapter(),
      { logger: false },
    );
    await app.listen(0, '127.0.0.1');
    return new Shop(app, mocks, await app.getUrl());
  }

  async start(reason: string): Promise<void> {
    await this.rollouts.start(SUPPORT_CHAT, { actor: 'demo', reason });
  }

  /** The next entry of one of these types. */
  next(...types: JournalEntry['type'][]): Promise<JournalEntry> {
    return firstValueFrom(
      this.rollouts.events$.pipe(
        filter(({ type }) => types.includes(type)),
        timeout(60_000),
      ),
    );
  }

  /** How many of 10,000 new customers would go to green right now. */
  customersOnGreen(): number {
    const splitter = this.app.get(TrafficSplitter);
    const customers = Array.from({ length: 10_000 }, (_, n) => `new-customer-${n}`);
    return customers.filter((key) => splitter.assign(SUPPORT_CHAT, { key }).environment === 'green').length;
  }

  async close(): Promise<void> {
    await this.app.close();
    await Promise.all(Object.values(this.providers).map((mock) => mock.stop()));
  }
}
