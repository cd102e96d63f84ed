import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import type { INestApplication } from '@nestjs/common';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { generateText, jsonSchema, streamText, tool, type LanguageModel, type ModelMessage } from 'ai';
import { LlmRouterService, RolloutService } from 'nestjs-blue-green';
import { startGateway } from './support/gateway.js';
import { Organizations } from './support/organizations.js';
import { Stage } from './support/stage.js';

const VENDORS = ['anthropic', 'openai', 'google'] as const;
type Vendor = (typeof VENDORS)[number];

const question: ModelMessage = { role: 'user', content: 'Hi' };
const tools = { look: tool({ inputSchema: jsonSchema<object>({ type: 'object' }), execute: () => 'seen' }) };
const cached = { anthropic: { cacheControl: { type: 'ephemeral' } } };

async function turn(model: LanguageModel, messages: ModelMessage[], stream: boolean): Promise<ModelMessage[]> {
  const asked = { model, messages, tools, maxRetries: 0 };
  if (!stream) return (await generateText(asked)).response.messages;
  const result = streamText(asked);
  await result.consumeStream();
  return (await result.response).messages;
}

/** Blue begins the conversation; green is another organization, at any vendor. */
describe('an agent of the AI SDK, with model objects on both sides,', () => {
  let stage: Stage;
  let orgs: Organizations;
  let app: INestApplication;

  const modelOf = (vendor: Vendor) => {
    const at = { baseURL: stage.provider.baseUrl, apiKey: 'k' };
    if (vendor === 'anthropic') return createAnthropic(at)('claude-sonnet-4-5');
    return vendor === 'openai' ? createOpenAI(at)('gpt-5') : createGoogleGenerativeAI(at)('gemini-3-pro-preview');
  };

  beforeAll(async () => {
    // Its own words for a call without a signature: it sends what passes.
    Object.assign(globalThis, { AI_SDK_LOG_WARNINGS: false });
    stage = await Stage.open();
    const routes = VENDORS.flatMap((maker) =>
      VENDORS.map((other) => {
        const blue = { languageModel: modelOf(maker), weight: 100 };
        const environments = { blue, green: { languageModel: modelOf(other), weight: 0 } };
        return [`${maker} ${other}`, { environments, fallback: ['green'] }];
      }),
    );
    app = await startGateway(stage, 'fastify', {
      options: { routes: Object.fromEntries(routes), breaker: false, retry: { attempts: 1 } },
    });
  });
  afterAll(() => stage.close());

  beforeEach(() => {
    orgs = new Organizations();
    stage.provider.always(orgs.behaviour);
    stage.provider.seen.length = 0;
  });

  const asked = () => stage.provider.calls.map(({ headers }) => headers['x-environment']);

  test.each(
    VENDORS.flatMap((maker) => VENDORS.flatMap((other) => [false, true].map((s) => [maker, other, s] as const))),
  )('stays with %s, and goes on with %s when that fails (streamed: %s)', async (maker, other, stream) => {
    const route = `${maker} ${other}`;
    await app.get(RolloutService).setTrafficWeights(route, { blue: 100, green: 0 });
    const model = app.get(LlmRouterService).languageModel(route) as LanguageModel;
    const messages = [question, ...(await turn(model, [question], stream))];
    expect(JSON.stringify(messages)).toContain('"bg1.');
    await app.get(RolloutService).setTrafficWeights(route, { blue: 0, green: 100 });
    messages.push(...(await turn(model, messages, stream)));
    expect([asked(), orgs.refused]).toEqual([['blue', 'blue'], 0]);
    orgs.down.add('blue');
    await turn(model, messages, stream);
    expect([asked(), orgs.refused]).toEqual([['blue', 'blue', 'blue', 'green'], 0]);
    expect(JSON.stringify(stage.provider.calls.at(-1)!.body)).not.toMatch(/_blue_\d|bg1\./);
  });

  test('keeps marks of its own on parts that lose what only their maker can read', async () => {
    const route = 'google anthropic';
    await app.get(RolloutService).setTrafficWeights(route, { blue: 100, green: 0 });
    const model = app.get(LlmRouterService).languageModel(route) as LanguageModel;
    const [said, ...rest] = await turn(model, [question], false);
    const content = (said!.content as { providerOptions?: object }[]).map((part) => ({
      ...part,
      providerOptions: { ...part.providerOptions, ...cached },
    }));
    orgs.down.add('blue');
    await turn(model, [question, { role: 'assistant', content } as unknown as ModelMessage, ...rest], false);
    const { body } = stage.provider.calls.at(-1)!;
    expect(body['messages']).toMatchObject([
      {},
      { content: [{}, { type: 'tool_use', cache_control: { type: 'ephemeral' } }] },
      {},
    ]);
  });
});
