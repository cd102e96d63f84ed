import type { INestApplication } from '@nestjs/common';
import { EvaluationService, LlmRouterService, RolloutService } from 'nestjs-blue-green';
import type { ManyRoutesOptions } from '../../lib/options/blue-green-options.js';
import { Logger } from '@nestjs/common';
import { CanaryScheduler } from '../../lib/rollout/canary-scheduler.js';
import { blueGreen, startApp } from './app.js';
import { FakeClock } from './fake-clock.js';
import { FakeProvider } from './fake-provider.js';
import { turn } from './rollouts.js';
import { environment, REQUEST } from './sending.js';

/** An app with two routes: `chat` with blue and green, and `judges`, who are asked about its answers. */
export class Judged {
  readonly logged: string[] = [];
  #asked = 0;

  private constructor(
    readonly app: INestApplication,
    readonly clock: FakeClock,
    readonly blue: FakeProvider,
    readonly green: FakeProvider,
    readonly judge: FakeProvider,
  ) {
    Logger.overrideLogger({
      log: () => {},
      warn: (message: string) => this.logged.push(message),
      error: (message: string) => this.logged.push(message),
    });
  }

  static async start(options: Partial<ManyRoutesOptions>): Promise<Judged> {
    const clock = new FakeClock();
    const [blue, green, judge] = await Promise.all([FakeProvider.start(), FakeProvider.start(), FakeProvider.start()]);
    green.models = ['green-model'];
    const module = blueGreen({
      routes: {
        chat: {
          environments: { blue: environment(blue, 'blue-model', 100), green: environment(green, 'green-model', 0) },
        },
        judges: { environments: { blue: environment(judge, 'judge-model', 100) } },
      },
      retry: { attempts: 1 },
      breaker: false,
      ...options,
    });
    return new Judged(await startApp({ module, clock, random: () => 0.5 }), clock, blue, green, judge);
  }

  get rollouts(): RolloutService {
    return this.app.get(RolloutService);
  }

  get phase(): string | undefined {
    return this.rollouts.status('chat').rollout?.phase.name;
  }

  tick(): Promise<void> {
    return this.app.get(CanaryScheduler).tick();
  }

  /** Requests of as many users, until all that was to be evaluated is. */
  async ask(times: number, route = 'chat'): Promise<void> {
    const router = this.app.get(LlmRouterService);
    await Promise.all(
      Array.from({ length: times }, () => router.complete(route, REQUEST, { key: `user-${this.#asked++}` })),
    );
    await turn();
    const evaluations = this.app.get(EvaluationService);
    while (Object.values(evaluations.status).some(({ open }) => open > 0)) await turn();
  }

  async stop(): Promise<void> {
    await this.app.close();
    Logger.overrideLogger(false);
    await Promise.all([this.blue, this.green, this.judge].map((provider) => provider.stop()));
  }
}
