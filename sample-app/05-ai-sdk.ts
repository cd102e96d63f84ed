/** The AI SDK with a route as its model: text, streams and an agent with a tool. Blue or green answers each step. */
import { Controller, Get, Module, Query } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { generateText, stepCountIs, streamText, tool, type LanguageModel } from 'ai';
import { BlueGreenModule, LlmRouterService } from 'nestjs-blue-green';
import { z } from 'zod';
import { listen, localModels, sayWhatToTry } from './local.js';

const models = await localModels();

const tools = {
  parcel: tool({
    description: 'Where a parcel is.',
    inputSchema: z.object({ number: z.string() }),
    execute: ({ number }) => `${number} is in Ulm`,
  }),
};

@Controller()
class AskController {
  readonly #model: LanguageModel;

  constructor(llm: LlmRouterService) {
    this.#model = llm.languageModel('assistant');
  }

  @Get('ask')
  async ask(@Query('q') prompt: string) {
    const { text, usage, providerMetadata } = await generateText({ model: this.#model, prompt });
    return { text, by: providerMetadata?.['blueGreen'], tokens: usage.totalTokens };
  }

  @Get('stream')
  async *stream(@Query('q') prompt: string): AsyncGenerator<string> {
    yield* streamText({ model: this.#model, prompt }).textStream;
  }

  @Get('agent')
  async agent(@Query('q') prompt: string) {
    const { text, steps } = await generateText({ model: this.#model, prompt, tools, stopWhen: stepCountIs(5) });
    return { text, steps: steps.length };
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
  `generateText      curl '${url}/ask?q=Hello'`,
  `streamText        curl -N '${url}/stream?q=Hello'`,
  `with a tool       curl '${url}/agent?q=Hello'`,
);
