import { Logger, type INestApplication } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { generateText, streamText } from 'ai';
import { LlmRouterService, type LanguageModelObject } from 'nestjs-blue-green';
import { Registry } from 'prom-client';
import { blueGreen, startApp } from './support/app.js';
import { FakeProvider } from './support/fake-provider.js';

const USAGE = {
  inputTokens: { total: 3, noCache: 3, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 2, text: 2, reasoning: 0 },
};
const STOP = { unified: 'stop' as const, raw: 'stop' };
const WARNINGS = [{ type: 'unsupported' as const, feature: 'topK', details: 'it is clamped' }];

/** A model of a package that warns. */
const warner: LanguageModelObject = {
  specificationVersion: 'v3',
  provider: 'vendor.chat',
  modelId: 'vendor-1',
  doGenerate: () =>
    Promise.resolve({
      content: [{ type: 'text', text: 'Hello' }],
      finishReason: STOP,
      usage: USAGE,
      warnings: WARNINGS,
    }),
  doStream: () =>
    Promise.resolve({
      stream: new ReadableStream({
        start(controller) {
          controller.enqueue({ type: 'stream-start', warnings: WARNINGS });
          controller.enqueue({ type: 'text-start', id: '0' });
          controller.enqueue({ type: 'text-delta', id: '0', delta: 'Hello' });
          controller.enqueue({ type: 'text-end', id: '0' });
          controller.enqueue({ type: 'finish', finishReason: STOP, usage: USAGE });
          controller.close();
        },
      }),
    }),
};

const fields = ({ warnings = [] }: { warnings?: readonly { field: string }[] | undefined }) =>
  warnings.map(({ field }) => field).toSorted();

describe('Parts of a request that the environment did without', () => {
  let claude: FakeProvider;
  let app: INestApplication;
  let router: LlmRouterService;
  let registry: Registry;
  const logged: string[] = [];

  beforeEach(async () => {
    logged.length = 0;
    jest.spyOn(Logger.prototype, 'warn').mockImplementation((text: unknown) => void logged.push(String(text)));
    claude = await FakeProvider.start();
    registry = new Registry();
    const environments = {
      claude: { provider: 'anthropic' as const, model: 'c-1', baseUrl: claude.baseUrl, apiKey: 'k', weight: 100 },
      package: { languageModel: warner },
    };
    const keys = [{ name: 'tests', key: 'warnings-key-of-the-tests' }];
    app = await startApp({ module: blueGreen({ alias: 'chat', environments, keys, prometheus: { registry } }) });
    router = app.get(LlmRouterService);
  });
  afterEach(async () => {
    await app.close();
    await claude.stop();
    jest.restoreAllMocks();
  });

  const chat = { messages: [{ role: 'user', content: 'Hi', name: 'ada' }], metadata: { ticket: 'T-1' } };

  async function streamed(options: { environment?: string } = {}) {
    const stream = router.stream('chat', chat, options);
    let text = '';
    for await (const chunk of stream) text += chunk.text;
    expect(text).toMatch(/^Hello/);
    return stream.result;
  }

  test('are in the result, whole and streamed', async () => {
    expect(fields(await router.complete('chat', chat))).toEqual(['messages[].name', 'metadata']);
    expect(fields(await streamed())).toEqual(['messages[].name', 'metadata']);
    expect(await router.complete('chat', { messages: [{ role: 'user', content: 'Hi' }] })).not.toHaveProperty(
      'warnings',
    );
  });

  test('are logged once, without a word of the request', async () => {
    for (let n = 0; n < 3; n++) await router.complete('chat', chat);
    const sentences = logged.filter((text) => text.includes('was left out'));
    expect(sentences.toSorted()).toEqual([
      'Route "chat", "claude": "messages[].name" was left out: the format of this environment has no place for it.',
      'Route "chat", "claude": "metadata" was left out: the format of this environment has no place for it.',
    ]);
  });

  test('are counted by Prometheus', async () => {
    for (let n = 0; n < 3; n++) await router.complete('chat', chat);
    expect(await registry.metrics()).toContain(
      'blue_green_warnings_total{route="chat",environment="claude",field="metadata"} 3',
    );
  });

  test('are warnings of the AI SDK for its callers', async () => {
    const model = router.languageModel('chat');
    const providerOptions = { openai: { metadata: { ticket: 'T-1' } } };
    const expected = [{ type: 'unsupported', feature: 'metadata', details: expect.any(String) }];
    expect((await generateText({ model, prompt: 'Hi', providerOptions })).warnings).toEqual(expected);
    const result = streamText({ model, prompt: 'Hi', providerOptions });
    await result.consumeStream();
    expect(await result.warnings).toEqual(expected);
  });

  test('by the package of a model object are told as well', async () => {
    const options = { environment: 'package' };
    expect(fields(await router.complete('chat', chat, options))).toEqual(['messages[].name', 'topK']);
    expect(fields(await streamed(options))).toEqual(['messages[].name', 'topK']);
    const { warnings } = await generateText({ model: router.languageModel('chat', options), prompt: 'Hi' });
    expect(warnings).toEqual(WARNINGS);
    expect(logged).toContain('Route "chat", "package": "topK": it is clamped.');
  });
});
