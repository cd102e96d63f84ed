import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type OpenAI from 'openai';
import { ADAPTERS } from './support/app.js';
import { blueAndGreen } from './support/environments.js';
import { begin, event, type Behaviour } from './support/fake-provider.js';
import { sdkFor, startGateway } from './support/gateway.js';
import { Organizations } from './support/organizations.js';
import { Stage } from './support/stage.js';

const FORMATS = ['openai-chat', 'anthropic-messages', 'openai-responses'] as const;
type Message = OpenAI.ChatCompletionAssistantMessageParam & { tool_calls: OpenAI.ChatCompletionMessageToolCall[] };

const resultOf = ({ tool_calls: [call] }: Message) => ({
  role: 'tool' as const,
  tool_call_id: call!.id,
  content: 'seen',
});

/** Blue breaks off in the second turn, and green continues it. */
describe.each(ADAPTERS)('a conversation whose stream breaks, on %s,', (adapter) => {
  let stage: Stage;
  let orgs: Organizations;
  let openai: OpenAI;

  beforeAll(async () => {
    stage = await Stage.open();
    const { blue, green } = blueAndGreen(stage.provider);
    const routes = FORMATS.flatMap((format) =>
      [false, true].map((assistantPrefill) => {
        const environments = { blue, green: { ...green, format, capabilities: { assistantPrefill } } };
        return [`${format} ${assistantPrefill}`, { environments, fallback: ['green'] }];
      }),
    );
    const app = await startGateway(stage, adapter, {
      options: {
        routes: Object.fromEntries(routes),
        breaker: false,
        retry: { attempts: 1 },
        streamRecovery: 'continue',
      },
    });
    openai = sdkFor(app, { maxRetries: 0 });
  });
  afterAll(() => stage.close());

  beforeEach(() => {
    orgs = new Organizations();
    stage.provider.always(orgs.behaviour);
  });

  const breaks: Behaviour = (request, response) => {
    if (request.headers['x-environment'] !== 'blue') return orgs.behaviour(request, response);
    begin(response);
    const choice = { index: 0, delta: { role: 'assistant', content: 'from ' }, finish_reason: null };
    response.write(event({ id: 'chatcmpl-0', object: 'chat.completion.chunk', created: 1, choices: [choice] }));
    setImmediate(() => response.destroy());
  };

  const question = { role: 'user' as const, content: 'Hi' };
  const tools = [{ type: 'function' as const, function: { name: 'look', parameters: { type: 'object' } } }];
  const ask = async (model: string, messages: OpenAI.ChatCompletionMessageParam[]) => {
    const stream = openai.chat.completions.stream({ model, messages, tools });
    let content = '';
    stream.on('content', (text) => (content += text));
    return { ...((await stream.finalMessage()) as Message), content };
  };
  const asked = () => stage.provider.calls.map(({ headers }) => headers['x-environment']);

  test.each(FORMATS.flatMap((format) => [false, true].map((prefill) => [format, prefill] as const)))(
    'is continued elsewhere without what only its maker can read (as %s, by prefill: %s)',
    async (format, prefill) => {
      const model = `${format} ${prefill}`;
      const first = await ask(model, [question]);
      expect(JSON.stringify(first)).toMatch(/"thought_signature":"bg1\.[^"]*signed_blue_1"/);
      stage.provider.always(breaks);
      stage.provider.seen.length = 0;
      const before = [question, first, resultOf(first)];
      const second = await ask(model, before);
      expect([second.content, asked(), orgs.refused]).toEqual([
        prefill ? 'from from green' : 'from green',
        ['blue', 'green'],
        0,
      ]);
      expect(JSON.stringify(stage.provider.calls.at(-1)!.body)).not.toMatch(/_blue_\d|bg1\./);
      if (format === 'openai-chat') {
        // The rest was made by green, and goes there.
        expect(JSON.stringify(second)).toMatch(/"thought_signature":"bg1\.[^"]*signed_green_2"/);
        await ask(model, [...before, second, resultOf(second)]);
        expect([asked().at(-1), orgs.refused]).toEqual(['green', 0]);
      }
    },
  );
});
