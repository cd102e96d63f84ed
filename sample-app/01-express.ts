/** An Express app: the guard chooses, the router asks, and a user stays with whom they had. */
import { Controller, Get, Module, Query, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { Assigned, BlueGreenModule, LlmRouterService, TrafficSplitGuard, type Assignment } from 'nestjs-blue-green';
import { listen, localModels, sayWhatToTry } from './local.js';

const models = await localModels();

@Controller('ask')
@UseGuards(TrafficSplitGuard)
class AskController {
  constructor(private readonly llm: LlmRouterService) {}

  @Get()
  async ask(@Query('q') question: string, @Assigned() { reason }: Assignment) {
    const messages = [{ role: 'user', content: question }];
    const { content, environment, latency } = await this.llm.complete('assistant', { messages });
    return { content, environment, reason, latency };
  }
}

@Module({
  imports: [
    ScheduleModule.forRoot(),
    BlueGreenModule.forRoot({
      alias: 'assistant',
      environments: { blue: { ...models.blue, weight: 50 }, green: { ...models.green, weight: 50 } },
    }),
  ],
  controllers: [AskController],
})
class AppModule {}

const url = await listen(await NestFactory.create(AppModule, { logger: ['error', 'warn'] }));
sayWhatToTry(
  `Half go to blue, half to green       curl '${url}/ask?q=Hello'`,
  `Ada always goes to the same          curl '${url}/ask?q=Hello' -H 'x-user-id: ada'`,
  `The headers tell who answered        curl -i '${url}/ask?q=Hello'`,
);
