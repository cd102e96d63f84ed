import { createRequire } from 'node:module';
import { ChatOpenAI } from '@langchain/openai';
import { each, type Client, type Place } from './client.js';

const { version } = createRequire(import.meta.url)('@langchain/openai/package.json') as { version: string };

const CITY = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const TOOL = { type: 'function' as const, function: { name: 'weather', description: 'now', parameters: CITY } };

/** LangChain. It is a dependency of the tests, so it is always there. */
export class LangChain implements Client {
  readonly name = 'LangChain';
  readonly version = version;

  async prepare(): Promise<void> {}

  run({ name, origin, apiKey }: Place) {
    const chat = new ChatOpenAI({
      model: 'chat',
      apiKey,
      configuration: { baseURL: `${origin}/v1`, logLevel: 'off' },
    });
    const responses = new ChatOpenAI({
      model: 'chat',
      apiKey,
      useResponsesApi: true,
      configuration: { baseURL: `${origin}/v1`, logLevel: 'off' },
    });
    return each({
      invokes: async () => {
        const { content, usage_metadata } = await chat.invoke('Hi');
        return { content, usage_metadata };
      },
      streams: async () => {
        const pieces = [];
        for await (const chunk of await chat.stream('Hi')) pieces.push(chunk.text);
        return pieces;
      },
      'calls tools': async () => (await chat.bindTools([TOOL]).invoke('CALL2')).tool_calls,
      'calls tools in a stream': async () => {
        const calls = [];
        for await (const chunk of await chat.bindTools([TOOL]).stream('CALL2')) calls.push(chunk.tool_call_chunks);
        return calls;
      },
      'structured output': () => chat.withStructuredOutput(CITY, { method: 'jsonSchema' }).invoke('Hi'),
      'invokes by responses': async () => (await responses.invoke('Hi')).text,
      'streams by responses': async () => {
        let text = '';
        for await (const chunk of await responses.stream('THINK')) text += chunk.text;
        return text;
      },
      'raises a refusal': () => chat.invoke('ERR400'),
      'outlives a 429': async () => (await chat.invoke(`ONCE429-lc${name}`)).text,
    });
  }
}
