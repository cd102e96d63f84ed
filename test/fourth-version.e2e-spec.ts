import Anthropic from '@anthropic-ai/sdk';
import { afterEach, beforeAll, afterAll, describe, expect, test } from '@jest/globals';
import { LlmRouterService } from 'nestjs-blue-green';
import OpenAI from 'openai';
import { enter, WAYS, type Entrance } from './support/ways.js';

const usage = {
  inputTokens: { total: 9, noCache: 9, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 5, text: 3, reasoning: 2 },
};
const finish = (unified: string, raw?: string) => ({ type: 'finish', usage, finishReason: { unified, raw } });

/** A model as the packages of AI SDK 7 make them: files say what they are, streams have pings. */
class FourthModel {
  readonly specificationVersion = 'v4';
  readonly provider = 'vendor.chat';
  readonly modelId = 'vendor-4';
  readonly supportedUrls = { 'image/*': [/^https:/] };
  calls: Record<string, unknown>[] = [];
  content: object[] = [{ type: 'text', text: 'Hello there' }];
  parts: object[] = [];

  doGenerate(call: Record<string, unknown>) {
    this.calls.push(call);
    return Promise.resolve({
      content: this.content,
      finishReason: finish('stop', 'stop').finishReason,
      usage,
      warnings: [],
    });
  }

  doStream(call: Record<string, unknown>) {
    this.calls.push(call);
    return Promise.resolve({ stream: ReadableStream.from(this.parts) });
  }
}

const model = new FourthModel();
let entrance: Entrance;
const openai = () => new OpenAI({ ...entrance, baseURL: `${entrance.origin}/v1`, maxRetries: 0 });
const anthropic = () => new Anthropic({ ...entrance, baseURL: entrance.origin, maxRetries: 0 });
const messages = [{ role: 'user' as const, content: 'Hi' }];

afterEach(() => {
  model.calls = [];
  model.content = [{ type: 'text', text: 'Hello there' }];
});

describe.each(WAYS)('a model object of the fourth version, through %s,', (way) => {
  beforeAll(async () => {
    entrance = await enter(way, { environments: { green: { languageModel: model, weight: 100 } } });
  });
  afterAll(() => entrance.app.close());

  test('answers with thoughts, a tool call and its usage', async () => {
    model.content = [
      { type: 'reasoning', text: 'Hm.' },
      { type: 'tool-call', toolCallId: 'c1', toolName: 'weather', input: '{"city":"Ulm"}' },
    ];
    const parameters = { type: 'object', properties: { city: { type: 'string' } } };
    const tools = [{ type: 'function' as const, function: { name: 'weather', parameters } }];
    const chat = await openai().chat.completions.create({ model: 'chat', messages, tools, reasoning_effort: 'low' });
    expect(chat.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: { reasoning_content: 'Hm.', tool_calls: [{ function: { arguments: '{"city":"Ulm"}' } }] },
    });
    expect(chat.usage).toMatchObject({ prompt_tokens: 9, completion_tokens: 5 });
    expect(model.calls[0]).toMatchObject({ reasoning: 'low', tools: [{ name: 'weather', inputSchema: parameters }] });
  });

  test('gets images as it takes them', async () => {
    const url = 'data:image/png;base64,AAEC';
    const content = [{ type: 'image_url' as const, image_url: { url } }];
    await openai().chat.completions.create({ model: 'chat', messages: [{ role: 'user', content }] });
    expect(model.calls[0]).toMatchObject({
      prompt: [{ content: [{ type: 'file', mediaType: 'image/png', data: { type: 'data', data: 'AAEC' } }] }],
    });
  });

  test('streams to a caller of another format', async () => {
    model.parts = [
      { type: 'stream-start', warnings: [] },
      { type: 'ping' },
      { type: 'text-start', id: '0' },
      { type: 'text-delta', id: '0', delta: 'Hello' },
      { type: 'ping' },
      { type: 'text-delta', id: '0', delta: ' there' },
      { type: 'text-end', id: '0', citations: [] },
      finish('stop', 'stop'),
    ];
    const stream = anthropic().messages.stream({ model: 'chat', max_tokens: 50, messages });
    expect(await stream.finalText()).toBe('Hello there');
  });

  test('has not answered when it says that its stream was interrupted', async () => {
    model.parts = [
      { type: 'stream-start', warnings: [] },
      { type: 'text-start', id: '0' },
      { type: 'text-delta', id: '0', delta: 'Hel' },
      { type: 'text-end', id: '0' },
      finish('interrupted'),
    ];
    const stream = anthropic().messages.stream({ model: 'chat', max_tokens: 50, messages });
    await expect(stream.finalText()).rejects.toThrow(/truncated/);
  });
});

const picture = { type: 'file', mediaType: 'image', data: { type: 'reference', reference: { vendor: 'f1' } } };

/** The SDK hands on these parts as they are, because the third version has no words for them. */
function askedBySdk(content: object[]) {
  const router = entrance.app.get(LlmRouterService);
  return router.languageModel('chat').doGenerate({ prompt: [{ role: 'user', content }], reasoning: 'low' } as never);
}

test('a model object behind a route that AI SDK 7 asks gets the effort, and files in every form', async () => {
  entrance = await enter('fetch(alias)', { environments: { green: { languageModel: model, weight: 100 } } });
  await askedBySdk([{ type: 'file', mediaType: 'text/markdown', data: { type: 'text', text: '# Hi' } }, picture]);
  const data = { type: 'data', data: Buffer.from('# Hi').toString('base64') };
  expect(model.calls[0]).toMatchObject({
    reasoning: 'low',
    prompt: [{ content: [{ mediaType: 'text/plain', data }, { data: { reference: { vendor: 'f1' } } }] }],
  });
  await entrance.app.close();
});

test('a file of one vendor is refused before another one is asked', async () => {
  const blue = { baseUrl: 'http://127.0.0.1:9/v1', apiKey: 'k', model: 'm', format: 'openai-chat' as const };
  entrance = await enter('fetch(alias)', { environments: { blue: { ...blue, weight: 100 } } });
  await expect(askedBySdk([picture])).rejects.toMatchObject({
    code: 'upstream_unsupported',
    message: expect.stringContaining('prompt[0].content[0]'),
  });
  await entrance.app.close();
});
