import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import Anthropic from '@anthropic-ai/sdk';
import type { LLMock } from '@copilotkit/aimock';
import { ChatOpenAI } from '@langchain/openai';
import { generateText, stepCountIs, streamText, tool } from 'ai';
import OpenAI from 'openai';
import { z } from 'zod';
import { HELLO, startMockModel } from './support/mock-model.js';
import { enter, WAYS, type Entrance } from './support/ways.js';

let mock: LLMock;
let entrance: Entrance;

const openai = () => new OpenAI({ ...entrance, baseURL: `${entrance.origin}/v1` });
const anthropic = () => new Anthropic({ ...entrance, baseURL: entrance.origin });
const aiModel = () =>
  createOpenAICompatible({ name: 'gateway', ...entrance, baseURL: `${entrance.origin}/v1` })('chat');
const langchain = () => {
  const { origin, apiKey, fetch } = entrance;
  return new ChatOpenAI({ model: 'chat', apiKey, configuration: { baseURL: `${origin}/v1`, fetch } });
};

beforeAll(async () => {
  mock = await startMockModel();
});

afterAll(() => mock.stop());

const hello = [{ role: 'user' as const, content: 'hello' }];
const weather = [{ role: 'user' as const, content: 'weather' }];
const parameters = { type: 'object', properties: { city: { type: 'string' } } };

/** What the upstream speaks: the format of its callers, or one that all others are translated to. */
const FORMATS = [undefined, 'openai-chat', 'anthropic-messages', 'openai-responses'] as const;
const CASES = WAYS.flatMap((way) => FORMATS.map((format) => [way, format] as const));

describe.each(CASES)('unchanged but for its address and key, through %s to %s,', (way, format) => {
  beforeAll(async () => {
    const environment = { baseUrl: `${mock.url}/v1`, apiKey: 'upstream-key', model: 'mock-1', format };
    entrance = await enter(way, { environments: { blue: { ...environment, weight: 100 } } });
  });

  afterAll(() => entrance.app.close());

  describe('openai', () => {
    test('completes a chat', async () => {
      const answer = await openai().chat.completions.create({ model: 'chat', messages: hello });
      expect(answer.choices[0]?.message.content).toBe(HELLO);
      expect(answer.model).toBe('chat');
    });

    test('streams a chat, and its usage when it asks for it', async () => {
      const stream_options = { include_usage: true };
      const request = { model: 'chat', messages: hello, stream: true as const, stream_options };
      let text = '';
      let usage: unknown;
      for await (const chunk of await openai().chat.completions.create(request)) {
        text += chunk.choices[0]?.delta.content ?? '';
        usage = chunk.usage ?? usage;
      }
      expect(text).toBe(HELLO);
      expect(usage).toMatchObject({ completion_tokens: expect.any(Number) });
    });

    test('runs a tool and goes on with its result', async () => {
      const runner = openai().chat.completions.runTools({
        model: 'chat',
        messages: weather,
        tools: [
          {
            type: 'function',
            function: { name: 'weather', parameters, description: 'now', parse: JSON.parse, function: () => 'rain' },
          },
        ],
      });
      expect(await runner.finalContent()).toBe('Rain in Ulm.');
    });

    test('runs a tool that a stream calls for', async () => {
      const tools = [{ type: 'function' as const, function: { name: 'weather', parameters } }];
      const stream = openai().chat.completions.stream({ model: 'chat', messages: weather, tools });
      const { message } = (await stream.finalChatCompletion()).choices[0]!;
      expect(message.tool_calls?.[0]).toMatchObject({ function: { name: 'weather', arguments: '{"city":"Ulm"}' } });
    });

    test('parses structured output', async () => {
      const schema = { type: 'object', properties: { city: { type: 'string' }, degrees: { type: 'number' } } };
      const answer = await openai().chat.completions.parse({
        model: 'chat',
        messages: [{ role: 'user', content: 'structured' }],
        response_format: { type: 'json_schema', json_schema: { name: 'weather', strict: true, schema } },
      });
      expect(answer.choices[0]?.message.parsed).toEqual({ city: 'Ulm', degrees: 7 });
    });

    test('creates a response', async () => {
      const response = await openai().responses.create({ model: 'chat', input: 'hello' });
      expect(response.output_text).toBe(HELLO);
    });

    test('streams a response', async () => {
      const stream = openai().responses.stream({ model: 'chat', input: 'hello' });
      let text = '';
      for await (const event of stream) if (event.type === 'response.output_text.delta') text += event.delta;
      expect(text).toBe(HELLO);
      expect((await stream.finalResponse()).output_text).toBe(HELLO);
    });

    (format ? test.skip : test)('gets an embedding', async () => {
      const { data } = await openai().embeddings.create({ model: 'chat', input: 'hello', encoding_format: 'float' });
      expect(data[0]?.embedding).toEqual([0.25, -0.5, 1]);
    });
  });

  describe('ai with @ai-sdk/openai-compatible', () => {
    const tools = {
      weather: tool({ inputSchema: z.object({ city: z.string() }), execute: ({ city }) => `rain in ${city}` }),
    };

    test('generates text', async () => {
      const { text, usage } = await generateText({ model: aiModel(), prompt: 'hello' });
      expect(text).toBe(HELLO);
      expect(usage.outputTokens).toBeGreaterThan(0);
    });

    test('streams text through a tool', async () => {
      const result = streamText({ model: aiModel(), prompt: 'weather', tools, stopWhen: stepCountIs(2) });
      let text = '';
      for await (const part of result.textStream) text += part;
      const [first] = await result.steps;
      expect(first?.toolResults[0]).toMatchObject({ output: 'rain in Ulm' });
      expect(text).toBe('Rain in Ulm.');
    });
  });

  describe('@anthropic-ai/sdk', () => {
    const request = { model: 'chat', max_tokens: 50, messages: hello };

    test('creates a message', async () => {
      const message = await anthropic().messages.create(request);
      expect(message.content).toMatchObject([{ type: 'text', text: HELLO }]);
      expect(message.model).toBe('chat');
    });

    test('streams a message', async () => {
      const stream = anthropic().messages.stream(request);
      const pieces: string[] = [];
      stream.on('text', (piece) => pieces.push(piece));
      expect(await stream.finalText()).toBe(HELLO);
      expect(pieces.length).toBeGreaterThan(1);
    });

    test('is called for a tool in a stream', async () => {
      const tools = [{ name: 'weather', input_schema: { type: 'object' as const } }];
      const message = await anthropic()
        .messages.stream({ ...request, messages: weather, tools })
        .finalMessage();
      expect(message).toMatchObject({ stop_reason: 'tool_use' });
      expect(message.content.at(-1)).toMatchObject({ type: 'tool_use', input: { city: 'Ulm' } });
    });
  });

  describe('@langchain/openai', () => {
    test('invokes', async () => {
      expect((await langchain().invoke('hello')).content).toBe(HELLO);
    });

    test('streams', async () => {
      let text = '';
      for await (const chunk of await langchain().stream('hello')) text += chunk.text;
      expect(text).toBe(HELLO);
    });
  });
});
