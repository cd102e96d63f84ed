import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { BlueGreenModule, LlmRouterService, UpstreamError, type BlueGreenOptions } from 'nestjs-blue-green';

/** What the parent sends: the app to start, then how many callers begin at once. */
export type ToChild =
  | { readonly type: 'start'; readonly redis: string; readonly options: BlueGreenOptions }
  | { readonly type: 'ask'; readonly callers: number };

/** What it hears back. */
export type FromChild = { readonly type: 'ready' } | { readonly type: 'asked'; readonly outcomes: readonly string[] };

let router: LlmRouterService | undefined;

async function start(redis: string, options: BlueGreenOptions): Promise<void> {
  const module = BlueGreenModule.forRoot({ ...options, journal: { redis } });

  @Module({ imports: [ScheduleModule.forRoot(), module] })
  class AppModule {}

  const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
  router = app.get(LlmRouterService);
  process.once('disconnect', () => void app.close());
}

const ask = (): Promise<string> =>
  router!.complete('chat', { messages: [{ role: 'user', content: 'Hi' }], max_tokens: 10 }).then(
    () => 'ok',
    (error: unknown) => (error instanceof UpstreamError ? error.failure : String(error)),
  );

async function answerTo(message: ToChild): Promise<FromChild> {
  if (message.type === 'start') {
    await start(message.redis, message.options);
    return { type: 'ready' };
  }
  return { type: 'asked', outcomes: await Promise.all(Array.from({ length: message.callers }, ask)) };
}

process.on('message', (message: ToChild) => {
  void answerTo(message).then((answer) => process.send!(answer));
});
