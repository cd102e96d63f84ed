import { Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ScheduleModule } from '@nestjs/schedule';
import { BlueGreenModule, RolloutService, type RouteStatus } from 'nestjs-blue-green';
import { RawCall, type Target } from './caller/raw-call.js';
import type { Received } from './caller/received.js';
import { sdkCall } from './caller/sdk-call.js';
import { RawProvider } from './provider/raw-provider.js';
import { FALLBACK, PRIMARY } from './provider/speaker.js';

/** How the gateway is called: raw bytes, or the real `openai` SDK. */
export type Form = 'json' | 'sse' | 'sdk json' | 'sdk sse';

/** Options over the defaults. Loose, since a row may promise what an option is only going to bring. */
export type Extras = Readonly<Record<string, unknown>>;

const ALIAS = 'river';
const KEY = 'faults-benchmark-key';

@Module({})
class RigModule {}

/** One gateway of its own, its primary and its fallback: what happens here disturbs nobody else. */
export class Rig {
  private constructor(
    readonly primary: RawProvider,
    readonly fallback: RawProvider,
    private readonly app: INestApplicationContext,
    private readonly target: Target,
  ) {}

  /** @throws {OptionsError} when the module refuses the options. */
  static async start(extras: Extras = {}): Promise<Rig> {
    const [primary, fallback] = await Promise.all([RawProvider.start(PRIMARY), RawProvider.start(FALLBACK)]);
    const options = {
      isGlobal: true,
      gateway: true,
      alias: ALIAS,
      environments: {
        blue: { model: PRIMARY.model, baseUrl: primary.baseUrl, apiKey: 'primary-key', weight: 100 },
        fallback: { model: FALLBACK.model, baseUrl: fallback.baseUrl, apiKey: 'fallback-key' },
      },
      keys: [{ name: 'bench', key: KEY }],
      // The rows tell by it which provider has answered.
      answerModel: 'upstream' as const,
      // The defaults suit models that think for minutes; nobody waits for a benchmark that long.
      timeouts: { firstToken: '10s', idle: '15s', total: '30s', streamTotal: '25s' },
      ...extras,
    };
    try {
      const imports = [ScheduleModule.forRoot(), BlueGreenModule.forRoot(options)];
      const adapter = new FastifyAdapter();
      const app = await NestFactory.create({ module: RigModule, imports }, adapter, {
        logger: false,
        abortOnError: false,
      });
      await app.listen(0, '127.0.0.1');
      return new Rig(primary, fallback, app, { url: await app.getUrl(), key: KEY, model: ALIAS });
    } catch (error) {
      await Promise.all([primary.stop(), fallback.stop()]);
      throw error;
    }
  }

  /** One call to its end. @param deadline milliseconds after which it counts as hanging. */
  call(form: Form, deadline: number): Promise<Received> {
    switch (form) {
      case 'json':
      case 'sse':
        return this.open(form, deadline).received;
      case 'sdk json':
      case 'sdk sse':
        return sdkCall(this.target, form === 'sdk sse', deadline);
    }
  }

  /** A raw call that can be left. */
  open(form: 'json' | 'sse', deadline: number): RawCall {
    return new RawCall(this.target, form === 'sse', deadline);
  }

  status(): RouteStatus {
    return this.app.get(RolloutService).status(ALIAS);
  }

  heal(): void {
    this.primary.heal();
    this.fallback.heal();
  }

  async stop(): Promise<void> {
    await this.app.close();
    await Promise.all([this.primary.stop(), this.fallback.stop()]);
  }
}
