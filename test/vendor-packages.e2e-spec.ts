import { createAmazonBedrock } from '@ai-sdk/amazon-bedrock';
import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import type { EmbeddingModelV3, LanguageModelV3 } from '@ai-sdk/provider';
import Anthropic from '@anthropic-ai/sdk';
import type { LLMock } from '@copilotkit/aimock';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { LlmRouterService, type LanguageModelObject } from 'nestjs-blue-green';
import OpenAI from 'openai';
import { HELLO, startMockModel } from './support/mock-model.js';
import { enter, type Entrance } from './support/ways.js';

const apiKey = 'vendors-key';
const MODELS: Readonly<Record<string, (url: string) => LanguageModelV3>> = {
  'Anthropic’s package': (url) => createAnthropic({ apiKey, baseURL: `${url}/v1` })('claude-sonnet-4-5'),
  'OpenAI’s, by responses': (url) => createOpenAI({ apiKey, baseURL: `${url}/v1` })('gpt-4o'),
  'OpenAI’s, by chat': (url) => createOpenAI({ apiKey, baseURL: `${url}/v1` }).chat('gpt-4o'),
  'Google’s': (url) => createGoogleGenerativeAI({ apiKey, baseURL: `${url}/v1beta` })('gemini-2.5-flash'),
  'Bedrock’s': (url) =>
    createAmazonBedrock({ apiKey, region: 'us-east-1', baseURL: url })('anthropic.claude-sonnet-4-5-v1:0'),
};

let mock: LLMock;
beforeAll(async () => {
  mock = await startMockModel();
});
afterAll(() => mock.stop());

describe.each(Object.entries(MODELS))('a model of %s, unchanged, behind the gateway', (_name, modelAt) => {
  let entrance: Entrance;
  const openai = () => new OpenAI({ ...entrance, baseURL: `${entrance.origin}/v1`, maxRetries: 0 });
  const anthropic = () => new Anthropic({ ...entrance, baseURL: entrance.origin, maxRetries: 0 });
  const hello = [{ role: 'user' as const, content: 'hello' }];
  const weather = [{ role: 'user' as const, content: 'weather' }];
  const parameters = { type: 'object', properties: { city: { type: 'string' } } };

  beforeAll(async () => {
    const languageModel: LanguageModelObject = modelAt(mock.url);
    entrance = await enter('the gateway on fastify', { environments: { green: { languageModel, weight: 100 } } });
  });
  afterAll(() => entrance.app.close());

  test('answers a chat, a message and a response', async () => {
    const chat = await openai().chat.completions.create({ model: 'chat', messages: hello });
    const message = await anthropic().messages.create({ model: 'chat', max_tokens: 50, messages: hello });
    const response = await openai().responses.create({ model: 'chat', input: 'hello' });
    expect(chat.choices[0]).toMatchObject({ message: { content: HELLO }, finish_reason: 'stop' });
    expect(message).toMatchObject({ content: [{ text: HELLO }], stop_reason: 'end_turn' });
    expect(response).toMatchObject({ output_text: HELLO, status: 'completed' });
  });

  test('streams all three', async () => {
    const chat = openai().chat.completions.stream({ model: 'chat', messages: hello });
    const message = anthropic().messages.stream({ model: 'chat', max_tokens: 50, messages: hello });
    const response = openai().responses.stream({ model: 'chat', input: 'hello' });
    expect(await chat.finalContent()).toBe(HELLO);
    expect(await message.finalText()).toBe(HELLO);
    expect((await response.finalResponse()).output_text).toBe(HELLO);
  });

  test('runs a tool and goes on with its result', async () => {
    const described = { name: 'weather', parameters, description: 'now', parse: JSON.parse, function: () => 'rain' };
    const tools = [{ type: 'function' as const, function: described }];
    const runner = openai().chat.completions.runTools({ model: 'chat', messages: weather, tools });
    expect(await runner.finalContent()).toBe('Rain in Ulm.');
  });

  test('calls a tool in a stream', async () => {
    const tools = [{ name: 'weather', input_schema: { type: 'object' as const } }];
    const stream = anthropic().messages.stream({ model: 'chat', max_tokens: 50, messages: weather, tools });
    expect(await stream.finalMessage()).toMatchObject({
      stop_reason: 'tool_use',
      content: [{ type: 'tool_use', name: 'weather', input: { city: 'Ulm' } }],
    });
  });

  test('has a route that is a model of the specification itself', () => {
    const router = entrance.app.get(LlmRouterService);
    const models: [LanguageModelV3, EmbeddingModelV3] = [router.languageModel('chat'), router.embeddingModel('chat')];
    expect(models.map(({ modelId }) => modelId)).toEqual(['chat', 'chat']);
  });
});
