import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import type { INestApplication } from '@nestjs/common';
import type { LLMock } from '@copilotkit/aimock';
import { afterEach, beforeAll, afterAll, describe, expect, test } from '@jest/globals';
import { embed, generateText, Output, stepCountIs, streamText, tool, type LanguageModel } from 'ai';
import { LlmRouterService } from 'nestjs-blue-green';
import { z } from 'zod';
import { blueGreen, startApp } from './support/app.js';
import { answer, fail, FakeProvider } from './support/fake-provider.js';
import { HELLO, startMockModel } from './support/mock-model.js';

const FORMATS = ['openai-chat', 'anthropic-messages', 'openai-responses', 'a model object'] as const;
type Upstream = (typeof FORMATS)[number];

let mock: LLMock;
beforeAll(async () => {
  mock = await startMockModel();
});
afterAll(() => mock.stop());

function environmentAt(url: string, upstream: Upstream) {
  if (upstream !== 'a model object') return { baseUrl: url, apiKey: 'k', model: 'mock-1', format: upstream };
  return { languageModel: createOpenAICompatible({ name: 'vendor', baseURL: url, apiKey: 'k' })('mock-1') };
}

describe.each(FORMATS)('router.languageModel() before %s', (upstream) => {
  let app: INestApplication;
  let model: LanguageModel;
  const tools = {
    weather: tool({ inputSchema: z.object({ city: z.string() }), execute: ({ city }) => `rain in ${city}` }),
  };

  beforeAll(async () => {
    const environments = { blue: { ...environmentAt(`${mock.url}/v1`, upstream), weight: 100 } };
    app = await startApp({ module: blueGreen({ alias: 'chat', environments }) });
    model = app.get(LlmRouterService).languageModel('chat');
  });
  afterAll(() => app.close());

  test('generates text, counts its tokens, and says who answered', async () => {
    const { text, usage, finishReason, providerMetadata } = await generateText({ model, prompt: 'hello' });
    expect([text, finishReason]).toEqual([HELLO, 'stop']);
    expect(usage.outputTokens).toBe(6);
    expect(providerMetadata?.['blueGreen']).toMatchObject({ environment: 'blue', fallback: false });
  });

  test('streams text', async () => {
    const result = streamText({ model, prompt: 'hello' });
    let text = '';
    let pieces = 0;
    for await (const piece of result.textStream) {
      text += piece;
      pieces++;
    }
    expect(text).toBe(HELLO);
    expect(pieces).toBeGreaterThan(1);
    expect(await result.finishReason).toBe('stop');
  });

  test('runs the loop of an agent', async () => {
    const { text, steps } = await generateText({ model, prompt: 'weather', tools, stopWhen: stepCountIs(3) });
    expect(text).toBe('Rain in Ulm.');
    expect(steps[0]?.toolResults[0]).toMatchObject({ output: 'rain in Ulm' });
  });

  test('runs it in a stream', async () => {
    const result = streamText({ model, prompt: 'weather', tools, stopWhen: stepCountIs(3) });
    let text = '';
    for await (const piece of result.textStream) text += piece;
    expect(text).toBe('Rain in Ulm.');
  });

  test('gives structured output', async () => {
    const schema = z.object({ city: z.string(), degrees: z.number() });
    const { output } = await generateText({ model, prompt: 'structured', output: Output.object({ schema }) });
    expect(output).toEqual({ city: 'Ulm', degrees: 7 });
  });
});

describe('a call through router.languageModel()', () => {
  let blue: FakeProvider;
  let green: FakeProvider;
  let app: INestApplication;
  let router: LlmRouterService;

  beforeAll(async () => {
    [blue, green] = await Promise.all([FakeProvider.start(), FakeProvider.start()]);
    const environments = {
      blue: { baseUrl: blue.baseUrl, apiKey: 'k', model: 'b', format: 'anthropic-messages' as const },
      green: { ...environmentAt(green.baseUrl, 'a model object'), weight: 100 },
    };
    app = await startApp({
      module: blueGreen({ alias: 'chat', environments, fallback: ['blue'], retry: { attempts: 1 } }),
    });
    router = app.get(LlmRouterService);
  });
  afterAll(async () => {
    await app.close();
    await Promise.all([blue.stop(), green.stop()]);
  });
  afterEach(() => {
    blue.reset();
    green.reset();
  });

  test('falls back to another vendor', async () => {
    green.always(fail(500));
    blue.always(answer('From blue'));
    const { text, providerMetadata } = await generateText({ model: router.languageModel('chat'), prompt: 'hi' });
    expect(text).toBe('From blue');
    expect(providerMetadata?.['blueGreen']).toMatchObject({ environment: 'blue', fallback: true });
  });

  test('goes to the environment that its options name', async () => {
    blue.always(answer('From blue'));
    const model = router.languageModel('chat', { environment: 'blue' });
    expect((await generateText({ model, prompt: 'hi' })).text).toBe('From blue');
  });

  test('fails with our error when nobody answers', async () => {
    green.always(fail(500));
    blue.always(fail(500));
    const asked = generateText({ model: router.languageModel('chat'), prompt: 'hi', maxRetries: 0 });
    await expect(asked).rejects.toMatchObject({ code: 'upstream_server_error' });
  });

  test('embeds', async () => {
    const model = router.embeddingModel('chat', { environment: 'green' });
    // A model object of language makes no embeddings; the next environment does.
    const { embedding } = await embed({ model, value: 'hello' });
    expect(embedding).toEqual([0.25, -0.5, 1]);
  });
});
