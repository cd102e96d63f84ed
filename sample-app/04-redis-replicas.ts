/** Two replicas of an app on one Redis: what is changed on one holds on the other, milliseconds later. */
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { Controller, Get, Module, Param, ParseIntPipe, Post, Query } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { BlueGreenModule, LlmRouterService, RolloutService } from 'nestjs-blue-green';
import { listen, localModels, sayWhatToTry } from './local.js';

const models = await localModels();
const redis = process.env['REDIS_URL'] ?? (await startRedis());

@Controller()
class AssistantController {
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

  @Post('green/:share')
  async share(@Param('share', ParseIntPipe) share: number) {
    await this.rollouts.setTrafficWeights('assistant', { blue: 100 - share, green: share }, { actor: 'a curl' });
    return this.weights();
  }
}

@Module({
  imports: [
    ScheduleModule.forRoot(),
    BlueGreenModule.forRoot({
      journal: { redis },
      alias: 'assistant',
      environments: { blue: { ...models.blue, weight: 100 }, green: models.green },
    }),
  ],
  controllers: [AssistantController],
})
class AppModule {}

const first = Number(process.env['PORT'] ?? 3000);
const one = await listen(await NestFactory.create(AppModule, { logger: ['error', 'warn'] }), first);
const two = await listen(await NestFactory.create(AppModule, { logger: ['error', 'warn'] }), first && first + 1);
sayWhatToTry(
  `Give green a third on one replica   curl -X POST ${one}/green/33`,
  `…and see it on the other            curl ${two}/weights`,
  `Ask either                          curl '${two}/ask?q=Hello'`,
);

/** A Redis of its own on some port, that keeps nothing and ends with this process. */
async function startRedis(): Promise<string> {
  // Below those that systems hand out by themselves: nobody gets it before Redis does.
  const port = randomInt(10_000, 30_000);
  const server = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '']);
  const missing = once(server, 'error').then(() => {
    console.error('There is no redis-server here. Install it (apt-get install redis-server, brew install redis),');
    console.error('or say where one is: REDIS_URL=redis://host:6379 npm run sample -- 04');
    process.exit(1);
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => server.kill());
  const ready = new Promise<void>((resolve) => {
    server.stdout.on('data', (part) => String(part).includes('Ready to accept connections') && resolve());
  });
  await Promise.race([ready, missing]);
  return `redis://127.0.0.1:${port}`;
}
