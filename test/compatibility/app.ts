/**
 * An app as a user writes it: matrix.mjs compiles it beside each Nest, and runs it on each Node. Ends with 1 at the
 * first thing that differs.
 */
import assert from 'node:assert/strict';
import { Body, Controller, Module, Post, Sse, UseFilters, UseGuards, type MessageEvent } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { map, type Observable } from 'rxjs';
import {
  BlueGreenExceptionFilter,
  BlueGreenModule,
  LlmRouterService,
  RolloutService,
  TrafficSplitGuard,
} from 'nestjs-blue-green';
import { FakeUpstream, answer } from 'nestjs-blue-green/testing';

const KEY = 'a-key-that-is-long-enough';
const messages = [{ role: 'user', content: 'Hello' }];

@Controller('chat')
@UseGuards(TrafficSplitGuard)
@UseFilters(BlueGreenExceptionFilter)
class ChatController {
  constructor(private readonly llm: LlmRouterService) {}

  @Post()
  async chat(@Body() { message }: { message: string }): Promise<{ content: string; environment: string }> {
    const { content, environment } = await this.llm.complete('chat', {
      messages: [{ role: 'user', content: message }],
    });
    return { content, environment };
  }

  @Sse('words')
  words(): Observable<MessageEvent> {
    return this.llm.stream$('chat', { messages }).pipe(map(({ text }) => ({ data: { text } })));
  }
}

async function main(platform: string | undefined): Promise<void> {
  const blue = await FakeUpstream.start({ models: ['gpt-4o'] });
  const green = await FakeUpstream.start({ models: ['gpt-4.1'] });
  blue.always(answer('from blue'));
  green.always(answer('from green'));

  @Module({
    imports: [
      ScheduleModule.forRoot(),
      BlueGreenModule.forRoot({
        alias: 'chat',
        environments: {
          blue: { model: 'gpt-4o', baseUrl: blue.baseUrl, apiKey: 'a-key', weight: 100 },
          green: { model: 'gpt-4.1', baseUrl: green.baseUrl, apiKey: 'a-key' },
        },
        rollout: { steps: [{ setWeight: 50, duration: '1h' }], gates: [{ kind: 'errorRate', max: 0.05 }] },
        gateway: true,
        controlApi: true,
        keys: [{ name: 'web', key: KEY, scopes: ['inference', 'read', 'operate'] }],
        healthController: true,
        dashboard: true,
      }),
    ],
    controllers: [ChatController],
  })
  class AppModule {}

  const app =
    platform === 'fastify'
      ? await NestFactory.create(AppModule, new (await import('@nestjs/platform-fastify')).FastifyAdapter(), QUIET)
      : await NestFactory.create(AppModule, QUIET);
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const get = async (path: string): Promise<Response> => fetch(`${url}${path}`, { headers: AUTHORIZED });
  const send = async (method: string, path: string, body: unknown): Promise<Response> =>
    fetch(`${url}${path}`, { method, headers: AUTHORIZED, body: JSON.stringify(body) });

  assert.equal((await get('/health')).status, 200, 'GET /health');
  assert.equal((await get('/health/ready')).status, 200, 'GET /health/ready');

  const guarded = await send('POST', '/chat', { message: 'Hello' });
  assert.deepEqual(await guarded.json(), { content: 'from blue', environment: 'blue' }, 'the guard and the router');
  assert.match(await (await get('/chat/words')).text(), /data: \{"text":"from/, 'an event stream of the app');

  const whole = await send('POST', '/v1/chat/completions', { model: 'chat', messages });
  assert.equal(whole.headers.get('x-deployment-env'), 'blue', 'the environment of an answer');
  assert.match(await whole.text(), /"from blue"/, 'an answer of the gateway');
  const stream = await send('POST', '/v1/chat/completions', { model: 'chat', messages, stream: true });
  assert.match(stream.headers.get('content-type') ?? '', /^text\/event-stream/, 'a stream of the gateway');
  assert.match(await stream.text(), /data: \[DONE\]\s*$/, 'the end of a stream');
  assert.equal((await send('POST', '/v1/chat/completions', { model: 'nobody', messages })).status, 404, 'an error');

  const rollouts = app.get(RolloutService);
  await rollouts.start('chat', { actor: 'ada', reason: 'the matrix' });
  assert.equal(rollouts.status('chat').environments['green']?.weight, 50, 'a rollout');
  assert.equal((await get('/v1/rollouts/chat')).status, 200, 'GET /rollouts/{route}');
  await rollouts.rollback('chat', { actor: 'ada', reason: 'the matrix' });
  assert.equal(rollouts.status('chat').environments['green']?.weight, 0, 'a rollback');

  const policy = { model_alias: 'chat', routing: { strategy: 'weighted', weights: { blue: 0, green: 100 } } };
  assert.equal((await send('PATCH', '/v1/routing/policy', policy)).status, 200, 'PATCH /routing/policy');
  const moved = await send('POST', '/chat', { message: 'Hello' });
  assert.deepEqual(await moved.json(), { content: 'from green', environment: 'green' }, 'the weights');

  assert.match(await (await get('/blue-green')).text(), /<!doctype html>/i, 'the dashboard');
  assert.match(await (await get('/v1/openapi.json')).text(), /"openapi"/, 'the description of the API');

  await app.close();
  await Promise.all([blue.stop(), green.stop()]);
}

const QUIET = { logger: ['error', 'fatal'] as ('error' | 'fatal')[], abortOnError: false };
const AUTHORIZED = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };

main(process.argv[2]).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
