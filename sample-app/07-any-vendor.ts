/** An app that speaks OpenAI's format, with GPT as blue and Claude as green: nothing in the app changes. */
import { Controller, Get, Module, Query } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { BlueGreenModule, LlmRouterService } from 'nestjs-blue-green';
import OpenAI from 'openai';
import { listen, localModels, sayWhatToTry } from './local.js';

// Both are on this machine. With keys, leave `baseUrl` out: `provider` knows the address.
const models = await localModels();

@Controller()
class AskController {
  readonly #openai: OpenAI;

  constructor(llm: LlmRouterService) {
    // No request leaves for this address: the router's fetch knows where to go.
    this.#openai = new OpenAI({ baseURL: 'http://router/v1', apiKey: 'unused', fetch: llm.fetch('assistant') });
  }

  @Get('ask')
  async ask(@Query('q') content: string) {
    const messages = [{ role: 'user' as const, content }];
    const asked = this.#openai.chat.completions.create({ model: 'assistant', messages });
    const { data, response } = await asked.withResponse();
    const { message, finish_reason: end } = data.choices[0]!;
    return { text: message.content, end, model: response.headers.get('x-upstream-model') };
  }

  @Get('stream')
  async *stream(@Query('q') content: string): AsyncGenerator<string> {
    const messages = [{ role: 'user' as const, content }];
    const stream = await this.#openai.chat.completions.create({ model: 'assistant', messages, stream: true });
    for await (const chunk of stream) yield chunk.choices[0]?.delta.content ?? '';
  }
}

@Module({
  imports: [
    ScheduleModule.forRoot(),
    BlueGreenModule.forRoot({
      alias: 'assistant',
      environments: {
        blue: { ...models.blue, provider: 'openai', model: 'gpt-4o', weight: 50 },
        green: { ...models.green, provider: 'anthropic', model: 'claude-sonnet-4-5', weight: 50 },
      },
    }),
  ],
  controllers: [AskController],
})
class AppModule {}

const url = await listen(await NestFactory.create(AppModule, { logger: ['error', 'warn'] }));
sayWhatToTry(`GPT or Claude     curl '${url}/ask?q=Hello'`, `a stream          curl -N '${url}/stream?q=Hello'`);
