/** A Fastify app that streams word by word, and the gateway for OpenAI's clients beside it. */
import { Controller, Get, Module, Query, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ScheduleModule } from '@nestjs/schedule';
import { BlueGreenModule, LlmRouterService, TrafficSplitGuard } from 'nestjs-blue-green';
import { listen, localModels, sayWhatToTry } from './local.js';

const models = await localModels();

@Controller('ask')
@UseGuards(TrafficSplitGuard)
class AskController {
  constructor(private readonly llm: LlmRouterService) {}

  @Get()
  async *ask(@Query('q') question: string): AsyncGenerator<string> {
    const messages = [{ role: 'user', content: question }];
    for await (const { text } of this.llm.stream('assistant', { messages })) yield text;
  }
}

@Module({
  imports: [
    ScheduleModule.forRoot(),
    BlueGreenModule.forRoot({
      gateway: true,
      keys: [{ name: 'web', key: 'a-key-of-the-gateway', environments: ['green'] }],
      alias: 'assistant',
      environments: { blue: { ...models.blue, weight: 50 }, green: { ...models.green, weight: 50 } },
    }),
  ],
  controllers: [AskController],
})
class AppModule {}

const url = await listen(await NestFactory.create(AppModule, new FastifyAdapter(), { logger: ['error', 'warn'] }));
const call = `curl -N ${url}/v1/chat/completions -H 'authorization: Bearer a-key-of-the-gateway' -H 'content-type: application/json'`;
const body = `-d '{"model":"assistant","stream":true,"messages":[{"role":"user","content":"Hello"}]}'`;
sayWhatToTry(
  `Word by word            curl -N '${url}/ask?q=Hello'`,
  `As OpenAI's API         ${call} ${body}`,
  `…from green             the same with -H 'X-Deployment-Env: green'`,
);
