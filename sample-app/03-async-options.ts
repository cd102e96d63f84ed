/** Options that are read when the app starts: keys from a vault, weights from wherever they are kept. */
import { Controller, Get, Injectable, Module, Query } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { BlueGreenModule, LlmRouterService, RolloutService } from 'nestjs-blue-green';
import { setTimeout as pause } from 'node:timers/promises';
import { listen, localModels, sayWhatToTry } from './local.js';

const models = await localModels();

/** Stands in for a vault, or for `ConfigService`. */
@Injectable()
class Vault {
  async read(name: string): Promise<string> {
    await pause(20);
    return `the-secret-called-${name}`;
  }
}

@Module({ providers: [Vault], exports: [Vault] })
class VaultModule {}

@Controller()
class AskController {
  constructor(
    private readonly llm: LlmRouterService,
    private readonly rollouts: RolloutService,
  ) {}

  @Get('ask')
  async ask(@Query('q') question: string) {
    const messages = [{ role: 'user', content: question }];
    const { content, environment } = await this.llm.complete('assistant', { messages });
    return { content, environment };
  }

  @Get('weights')
  weights() {
    return this.rollouts.status('assistant').weights;
  }
}

@Module({
  imports: [
    ScheduleModule.forRoot(),
    BlueGreenModule.forRootAsync({
      imports: [VaultModule],
      inject: [Vault],
      useFactory: async (vault: Vault) => ({
        alias: 'assistant',
        environments: {
          blue: { ...models.blue, apiKey: await vault.read('blue'), weight: 80 },
          green: { ...models.green, apiKey: await vault.read('green'), weight: 20 },
        },
      }),
      // Options that shape the module stand beside the factory: they are needed before it runs.
      isGlobal: true,
      healthController: true,
    }),
  ],
  controllers: [AskController],
})
class AppModule {}

const url = await listen(await NestFactory.create(AppModule, { logger: ['error', 'warn'] }));
sayWhatToTry(
  `Ask                        curl '${url}/ask?q=Hello'`,
  `The weights that were read  curl ${url}/weights`,
  `Can it serve?              curl ${url}/health/ready`,
);
