/** The AI SDK, unchanged but for its `fetch`: blue or green answers, and a stream that fails early is rescued. */
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { Controller, Get, Module, Query } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { generateText, streamText, type LanguageModel } from 'ai';
import { BlueGreenModule, LlmRouterService } from 'nestjs-blue-green';
import { listen, localModels, sayWhatToTry } from './local.js';

const models = await localModels();

@Controller()
class AskController {
  readonly #model: LanguageModel;

  constructor(llm: LlmRouterService) {
    // No request leaves for this address: the router's fetch knows where to go.
    const router = createOpenAICompatible({
      name: 'router',
      baseURL: 'http://router/v1',
      fetch: llm.fetch('assistant'),
    });
    this.#model = router('assistant');
  }

  @Get('ask')
  async ask(@Query('q') prompt: string) {
    const { text, usage, response } = await generateText({ model: this.#model, prompt });
    return { text, environment: response.headers?.['x-environment'], tokens: usage.totalTokens };
  }

  @Get('stream')
  async *stream(@Query('q') prompt: string): AsyncGenerator<string> {
    yield* streamText({ model: this.#model, prompt }).textStream;
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
sayWhatToTry(`generateText      curl '${url}/ask?q=Hello'`, `streamText        curl -N '${url}/stream?q=Hello'`);
