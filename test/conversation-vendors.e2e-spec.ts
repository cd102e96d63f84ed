import Anthropic from '@anthropic-ai/sdk';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { RolloutService, type EnvironmentOptions } from 'nestjs-blue-green';
import type { JsonObject } from '../lib/kit/json.js';
import { objectsIn } from '../lib/upstream/dialects/request-parts.js';
import { ADAPTERS } from './support/app.js';
import { blueAndGreen } from './support/environments.js';
import { json, type Behaviour, type SeenRequest } from './support/fake-provider.js';
import { KEY, sdkFor, startGateway } from './support/gateway.js';
import { Stage, urlOf } from './support/stage.js';

/** GPT: calls of tools that nobody has signed. */
const gpt = (thought?: string): Behaviour => {
  const call = { id: 'call_1', type: 'function', function: { name: 'look', arguments: '{}' } };
  const message = {
    role: 'assistant',
    content: null,
    tool_calls: [call],
    ...(thought && { reasoning_content: thought }),
  };
  const choices = [{ index: 0, message, finish_reason: 'tool_calls' }];
  return (_request, response) =>
    json(response, 200, { id: 'c1', object: 'chat.completion', created: 1, model: 'gpt', choices });
};

const refuse =
  (message: string): Behaviour =>
  (_request, response) =>
    json(response, 400, { type: 'error', error: { type: 'invalid_request_error', message } });

const claude: Behaviour = (request, response) => {
  const { thinking, messages } = request.body;
  const [question, turn] = objectsIn(messages);
  const [first] = objectsIn(turn?.['content']);
  if (JSON.stringify(messages).includes('bg'))
    return refuse('Invalid `signature` in `thinking` block')(request, response);
  if (question && thinking !== undefined && first && first['type'] !== 'thinking') {
    const found = 'messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`.';
    return refuse(found)(request, response);
  }
  const content = [{ type: 'text', text: 'from claude' }];
  const usage = { input_tokens: 1, output_tokens: 1 };
  json(response, 200, {
    id: 'm1',
    type: 'message',
    role: 'assistant',
    model: 'claude',
    content,
    stop_reason: 'end_turn',
    usage,
  });
};

const gemini: Behaviour = (request, response) => {
  const calls = objectsIn(request.body['messages']).flatMap(({ tool_calls }) => objectsIn(tool_calls).slice(0, 1));
  if (!calls.every((call) => JSON.stringify(call).includes('"thought_signature":"skip_thought_signature_validator"'))) {
    return refuse('Function call is missing a thought_signature in functionCall parts.')(request, response);
  }
  const choices = [{ index: 0, message: { role: 'assistant', content: 'from gemini' }, finish_reason: 'stop' }];
  json(response, 200, { id: 'c2', object: 'chat.completion', created: 1, model: 'gemini', choices });
};

const said = ({ content }: Anthropic.Message) => content.map((block) => (block.type === 'text' ? block.text : ''));

const fails: Behaviour = (_request, response) => json(response, 500, { error: { message: 'down' } });

describe.each(ADAPTERS)('an agent that moves to another vendor between two tools, on %s,', (adapter) => {
  let stage: Stage;
  let url: string;
  let openai: ReturnType<typeof sdkFor>;
  let shift: () => Promise<unknown>;

  const start = async (green: EnvironmentOptions, behaviours: Record<'blue' | 'green', Behaviour>) => {
    stage.provider.always((request: SeenRequest, response) =>
      behaviours[request.headers['x-environment'] === 'green' ? 'green' : 'blue'](request, response),
    );
    const { blue, green: other } = blueAndGreen(stage.provider);
    const environments = { blue: { ...blue, format: 'openai-chat' as const }, green: { ...other, ...green } };
    const app = await startGateway(stage, adapter, {
      options: { routes: { chat: { environments, fallback: ['green'] } }, breaker: false, retry: { attempts: 1 } },
    });
    url = urlOf(app);
    openai = sdkFor(app, { maxRetries: 0 });
    shift = () => app.get(RolloutService).setTrafficWeights('chat', { blue: 0, green: 100 });
  };
  beforeEach(async () => {
    stage = await Stage.open();
  });
  afterEach(() => stage.close());

  const lastBody = (): JsonObject => stage.provider.calls.at(-1)!.body;
  const asked = () => stage.provider.calls.map(({ headers }) => headers['x-environment']);

  /** Two turns of Claude's SDK, with thinking on. */
  const byMessages = async (between: () => Promise<unknown>) => {
    const anthropic = new Anthropic({ baseURL: url, apiKey: KEY, maxRetries: 0 });
    const tools = [{ name: 'look', input_schema: { type: 'object' as const } }];
    const thinking = { type: 'enabled' as const, budget_tokens: 1_024 };
    const question = { role: 'user' as const, content: 'Hi' };
    const params = { model: 'chat', max_tokens: 2_000, thinking, tools };
    const { content } = await anthropic.messages.create({ ...params, messages: [question] });
    await between();
    const result = { type: 'tool_result' as const, tool_use_id: 'call_1', content: 'seen' };
    const messages = [question, { role: 'assistant' as const, content }, { role: 'user' as const, content: [result] }];
    return anthropic.messages.create({ ...params, messages });
  };

  test('gets no 400 from Claude for calls without thoughts', async () => {
    await start({ provider: 'anthropic', model: 'claude-sonnet-4-5' }, { blue: gpt(), green: claude });
    expect(said(await byMessages(() => shift()))).toEqual(['from claude']);
    expect([asked(), lastBody()['thinking']]).toEqual([['blue', 'green'], undefined]);
  });

  test('stays with the maker of thoughts that nobody has signed', async () => {
    await start({ provider: 'anthropic', model: 'claude-sonnet-4-5' }, { blue: gpt('hm'), green: claude });
    await byMessages(() => shift());
    expect(asked()).toEqual(['blue', 'blue']);
  });

  test('gets no 400 from Claude for such thoughts when their maker fails', async () => {
    const behaviours = { blue: gpt('hm'), green: claude };
    await start({ provider: 'anthropic', model: 'claude-sonnet-4-5' }, behaviours);
    expect(said(await byMessages(() => Promise.resolve((behaviours.blue = fails))))).toEqual(['from claude']);
    expect(asked()).toEqual(['blue', 'blue', 'green']);
  });

  test('gets none from Gemini for calls without its signature', async () => {
    await start({ provider: 'google', model: 'gemini-3-pro-preview' }, { blue: gpt(), green: gemini });
    const question = { role: 'user' as const, content: 'Hi' };
    const tools = [{ type: 'function' as const, function: { name: 'look', parameters: { type: 'object' } } }];
    const { choices } = await openai.chat.completions.create({ model: 'chat', messages: [question], tools });
    await shift();
    const result = { role: 'tool' as const, tool_call_id: 'call_1', content: 'seen' };
    const messages = [question, choices[0]!.message, result];
    const next = await openai.chat.completions.create({ model: 'chat', messages, tools });
    expect([next.choices[0]!.message.content, asked()]).toEqual(['from gemini', ['blue', 'green']]);
  });

  test('nor when it speaks the format of Claude', async () => {
    await start({ provider: 'google', model: 'gemini-3-pro-preview' }, { blue: gpt(), green: gemini });
    expect(said(await byMessages(() => shift()))).toEqual(['from gemini']);
  });
});
