import { createRequire } from 'node:module';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { generateObject, generateText, stepCountIs, streamText, tool } from 'ai';
import { z } from 'zod';
import { each, type Client, type Place } from './client.js';

const { version } = createRequire(import.meta.url)('ai/package.json') as { version: string };

const tools = {
  weather: tool({ inputSchema: z.object({ city: z.string() }), execute: ({ city }) => `rain in ${city}` }),
};

/** The AI SDK. It is a dependency of the tests, so it is always there. */
export class AiSdk implements Client {
  readonly name = 'ai';
  readonly version = version;

  async prepare(): Promise<void> {}

  run({ name, origin, apiKey }: Place) {
    const provider = createOpenAICompatible({ name: 'bench', apiKey, baseURL: `${origin}/v1`, includeUsage: true });
    const structured = createOpenAICompatible({
      name: 'bench',
      apiKey,
      baseURL: `${origin}/v1`,
      supportsStructuredOutputs: true,
    });
    const model = provider('chat');
    const generated = async (prompt: string) => {
      const { text, usage, finishReason } = await generateText({ model, prompt });
      return { text, usage, finishReason };
    };
    return each({
      'generates text': () => generated('Hi'),
      'streams text and thoughts': async () => {
        const parts = [];
        for await (const part of streamText({ model, prompt: 'THINK' }).fullStream) {
          if (part.type === 'text-delta' || part.type === 'reasoning-delta') parts.push([part.type, part.text]);
          else if (part.type === 'finish') parts.push([part.type, part.finishReason, part.totalUsage]);
        }
        return parts;
      },
      'runs tools and goes on': async () => {
        const { text, steps } = await generateText({ model, prompt: 'CALL2', tools, stopWhen: stepCountIs(2) });
        return { text, results: steps.flatMap(({ toolResults }) => toolResults.map(({ output }) => output)) };
      },
      'runs tools of a stream and goes on': async () => {
        const result = streamText({ model, prompt: 'CALL2', tools, stopWhen: stepCountIs(2) });
        return { text: await result.text, steps: (await result.steps).length };
      },
      'generates an object': async () => {
        const schema = z.object({ city: z.string(), degrees: z.number() });
        return (await generateObject({ model: structured('chat'), prompt: 'Hi', schema })).object;
      },
      'raises a refusal': () => generated('ERR400'),
      'outlives a 500': () => generated(`ONCE500-ai${name}`),
    });
  }
}
