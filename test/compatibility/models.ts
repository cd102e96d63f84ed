/**
 * An app of the AI SDK on both sides of a route: matrix.mjs compiles it beside AI SDK 6 and 7, and runs it. Ends with 1
 * at the first thing that differs.
 */
import assert from 'node:assert/strict';
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { embedMany, generateText, Output, stepCountIs, streamText, tool } from 'ai';
import { BlueGreenModule, LlmRouterService } from 'nestjs-blue-green';
import { FakeUpstream, answer, type SeenRequest } from 'nestjs-blue-green/testing';
import { z } from 'zod';

const KEY = 'a-key-that-is-long-enough';
const PICTURE = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';

async function main(): Promise<void> {
  const vendor = await FakeUpstream.start();
  const settings = { apiKey: 'a-key', baseURL: vendor.baseUrl };
  const openai = createOpenAI(settings);
  const models = {
    responses: openai('gpt-4o'),
    chat: openai.chat('gpt-4o'),
    messages: createAnthropic(settings)('claude-sonnet-4-5'),
    compatible: createOpenAICompatible({ ...settings, name: 'vendor', supportsStructuredOutputs: true })('vendor-1'),
  };
  const routes = Object.fromEntries(
    Object.entries(models).map(([name, languageModel]) => [
      name,
      { environments: { green: { languageModel, weight: 100 } } },
    ]),
  );
  const embeddingModel = openai.embeddingModel('text-embedding-3-small');

  @Module({
    imports: [
      ScheduleModule.forRoot(),
      BlueGreenModule.forRoot({
        routes: { ...routes, vectors: { environments: { blue: { embeddingModel, weight: 100 } } } },
        gateway: true,
        keys: [{ name: 'web', key: KEY }],
      }),
    ],
  })
  class AppModule {}

  const app = await NestFactory.create(AppModule, { logger: ['error', 'fatal'], abortOnError: false });
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const router = app.get(LlmRouterService);
  const lastBody = (): string => JSON.stringify((vendor.calls.at(-1) as SeenRequest).body);

  for (const name of Object.keys(models)) {
    const model = router.languageModel(name);
    vendor.always(answer('Hello there'));
    const whole = await generateText({ model, prompt: 'Hi' });
    assert.equal(whole.text, 'Hello there', `${name}: an answer`);
    assert.equal(whole.usage.outputTokens, 10, `${name}: its usage`);
    let text = '';
    for await (const piece of streamText({ model, prompt: 'Hi' }).textStream) text += piece;
    assert.equal(text, 'Hello there', `${name}: a stream`);

    const content = [{ type: 'image' as const, image: PICTURE, mediaType: 'image/png' }];
    await generateText({ model, messages: [{ role: 'user', content }] });
    assert.ok(lastBody().includes(PICTURE), `${name}: a picture`);

    const weather = tool({ inputSchema: z.object({ city: z.string() }), execute: ({ city }) => `rain in ${city}` });
    await generateText({ model, prompt: 'Hi', tools: { weather }, stopWhen: stepCountIs(2) });
    assert.ok(lastBody().includes('"weather"'), `${name}: a tool`);

    vendor.always(answer('{"city":"Ulm"}'));
    const output = Output.object({ schema: z.object({ city: z.string() }) });
    const structured = await generateText({ model, prompt: 'Hi', output });
    assert.deepEqual(structured.output, { city: 'Ulm' }, `${name}: structured output`);

    vendor.always(answer('Hello there'));
    const messages = [{ role: 'user', content: 'Hi' }];
    const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ model: name, max_tokens: 50, messages });
    for (const path of ['/v1/chat/completions', '/v1/messages']) {
      const response = await fetch(`${url}${path}`, { method: 'POST', headers, body });
      assert.match(await response.text(), /"Hello there"/, `${name}: a caller of ${path}`);
    }
  }

  const { embeddings } = await embedMany({ model: router.embeddingModel('vectors'), values: ['one', 'two'] });
  assert.equal(embeddings.length, 2, 'embeddings');

  await app.close();
  await vendor.stop();
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
