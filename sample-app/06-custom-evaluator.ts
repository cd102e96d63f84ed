/** An evaluator of one's own: green answers as quickly as blue, but is not as friendly, and is taken back for it. */
import { Controller, Get, Logger, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { BlueGreenModule, EvaluationService, LlmRouterService, RolloutService, type Exchange } from 'nestjs-blue-green';
import { answer, FakeUpstream } from 'nestjs-blue-green/testing';
import { listen, sayWhatToTry } from './local.js';

const blue = await FakeUpstream.start({ models: ['friendly'] });
const green = await FakeUpstream.start({ models: ['curt'] });
blue.always(answer('With pleasure: your parcel comes tomorrow. Thank you for waiting!'));
green.always(answer('Tomorrow.'));

/**
 * Anything that makes a number from 0 to 1 of an answer: a rule, as here, or a model that judges. It runs beside the
 * calls.
 */
function friendliness({ text }: Exchange): number {
  return /thank|please|pleasure/i.test(text) ? 1 : 0;
}

@Controller('rollout')
class RolloutController {
  private readonly logger = new Logger(RolloutController.name);

  constructor(
    private readonly llm: LlmRouterService,
    private readonly rollouts: RolloutService,
    private readonly evaluations: EvaluationService,
  ) {
    rollouts.events$.subscribe(({ type, reason }) => console.log(`${type}: ${reason}`));
  }

  @Post()
  async start() {
    await this.rollouts.start('assistant', { actor: 'a curl' });
    void this.customers();
    return this.where();
  }

  @Get()
  where() {
    const { weights, rollout } = this.rollouts.status('assistant');
    const gates = rollout?.decision?.gates.map(({ message }) => message);
    return {
      weights,
      phase: rollout?.phase.name,
      waitsFor: rollout?.waitsFor,
      gates,
      scored: this.evaluations.status,
    };
  }

  /** A customer every few milliseconds, for as long as the rollout runs. */
  private async customers(): Promise<void> {
    for (let n = 0; this.rollouts.status('assistant').canaryActive; n++) {
      const messages = [{ role: 'user', content: 'Where is my parcel?' }];
      try {
        await this.llm.complete('assistant', { messages }, { key: `customer-${n}` });
      } catch (error) {
        // An app that ends gives up what is under way.
        this.logger.warn(`A customer was not answered: ${String(error)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

@Module({
  imports: [
    ScheduleModule.forRoot(),
    BlueGreenModule.forRoot({
      alias: 'assistant',
      environments: {
        blue: { model: 'friendly', baseUrl: blue.baseUrl, apiKey: 'none', weight: 100 },
        green: { model: 'curt', baseUrl: green.baseUrl, apiKey: 'none' },
      },
      evaluators: [{ name: 'friendliness', evaluate: friendliness }],
      rollout: {
        steps: [20, 50, 100].map((setWeight) => ({ setWeight, duration: '10s' })),
        gates: [{ name: 'as friendly as blue', kind: 'quality', evaluator: 'friendliness', tolerance: 0.1 }],
        finalBakeTime: '10s',
      },
      scheduler: { monitorInterval: '500ms' },
    }),
  ],
  controllers: [RolloutController],
})
class AppModule {}

const url = await listen(await NestFactory.create(AppModule, { logger: ['error', 'warn'] }));
sayWhatToTry(
  `Start a rollout, and watch this terminal    curl -X POST ${url}/rollout`,
  `See the scores and what the gate says       curl ${url}/rollout`,
);
