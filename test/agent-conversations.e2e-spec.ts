import Anthropic from '@anthropic-ai/sdk';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { RolloutService, type BlueGreenOptions } from 'nestjs-blue-green';
import type OpenAI from 'openai';
import { ADAPTERS } from './support/app.js';
import { blueAndGreen } from './support/environments.js';
import { answer, begin, event, type Behaviour } from './support/fake-provider.js';
import { KEY, sdkFor, startGateway } from './support/gateway.js';
import { Stage, urlOf } from './support/stage.js';

type Environments = Extract<BlueGreenOptions, { environments: unknown }>['environments'];

const plain = answer();

/** A model behind chat completions that thinks aloud, signs nothing, and calls a shell. */
const thinksAloud: Behaviour = (request, response) => {
  if (!request.path.endsWith('/chat/completions')) return plain(request, response);
  const call = { id: 'call_1', type: 'function', function: { name: 'shell', arguments: '{"command":"ls"}' } };
  const says = (delta: object, finish_reason: string | null = null) =>
    response.write(event({ id: 'c', model: 'm', choices: [{ index: 0, delta, finish_reason }] }));
  begin(response);
  says({ role: 'assistant', reasoning_content: 'I should look.' });
  says({ tool_calls: [{ index: 0, ...call }] });
  says({}, 'tool_calls');
  response.end('data: [DONE]\n\n');
};

describe.each(ADAPTERS)('an agent whose green model signs no thoughts, on %s,', (adapter) => {
  let stage: Stage;

  beforeEach(async () => {
    stage = await Stage.open();
    stage.provider.always(thinksAloud);
  });
  afterEach(() => stage.close());

  const gateway = async (format: 'anthropic-messages' | 'openai-responses') => {
    const { blue, green } = blueAndGreen(stage.provider);
    const environments: Environments = { blue: { ...blue, format }, green: { ...green, format: 'openai-chat' } };
    const app = await startGateway(stage, adapter, { options: { routes: { chat: { environments } } } });
    await app.get(RolloutService).setTrafficWeights('chat', { blue: 0, green: 100 });
    return app;
  };
  const lastBody = () => stage.provider.calls.at(-1)!.body;

  test('sends them back to it, and none to Anthropic after a rollback', async () => {
    const app = await gateway('anthropic-messages');
    const anthropic = new Anthropic({ baseURL: urlOf(app), apiKey: KEY, maxRetries: 0 });
    const question = { role: 'user' as const, content: 'Look.' };
    const params = {
      model: 'chat',
      max_tokens: 4_000,
      thinking: { type: 'adaptive' as const },
      tools: [{ name: 'shell', input_schema: { type: 'object' as const } }],
    };
    const { content } = await anthropic.messages.stream({ ...params, messages: [question] }).finalMessage();
    expect(content).toMatchObject([{ type: 'thinking', thinking: 'I should look.' }, { type: 'tool_use' }]);
    const results = [{ type: 'tool_result' as const, tool_use_id: 'call_1', content: 'a.txt' }];
    const messages = [question, { role: 'assistant' as const, content }, { role: 'user' as const, content: results }];
    await anthropic.messages.stream({ ...params, messages }).finalMessage();
    expect(lastBody()['messages']).toContainEqual(expect.objectContaining({ reasoning_content: 'I should look.' }));
    await app.get(RolloutService).rollback('chat');
    await anthropic.messages.create({ ...params, messages });
    expect(lastBody()['messages']).toEqual([
      question,
      { role: 'assistant', content: [expect.objectContaining({ type: 'tool_use', id: 'call_1' })] },
      { role: 'user', content: results },
    ]);
  });

  test('goes on at OpenAI after a rollback, which gets no item that it does not keep', async () => {
    const app = await gateway('openai-responses');
    const openai = sdkFor(app, { maxRetries: 0 });
    const params = {
      model: 'chat',
      store: false,
      include: ['reasoning.encrypted_content' as const],
      tools: [{ type: 'function' as const, name: 'shell', parameters: { type: 'object' }, strict: false }],
    };
    const question = { role: 'user' as const, content: 'Look.' };
    const { output } = await openai.responses.stream({ ...params, input: [question] }).finalResponse();
    expect(output).toMatchObject([{ type: 'reasoning' }, { type: 'function_call' }]);
    await app.get(RolloutService).rollback('chat');
    const result = { type: 'function_call_output' as const, call_id: 'call_1', output: 'a.txt' };
    const input = [question, ...output, result] as OpenAI.Responses.ResponseInput;
    await openai.responses.create({ ...params, input });
    expect((lastBody()['input'] as { type?: string }[]).map(({ type }) => type)).toEqual([
      undefined,
      'function_call',
      'function_call_output',
    ]);
  });
});

describe.each(ADAPTERS)('Claude Code in front of a model of OpenAI that cannot think, on %s,', (adapter) => {
  let stage: Stage;

  beforeEach(async () => {
    stage = await Stage.open();
  });
  afterEach(() => stage.close());

  // It sends an effort with every request.
  test.each(['openai-chat', 'openai-responses'] as const)('tells nothing of thoughts by %s', async (format) => {
    const { blue, green } = blueAndGreen(stage.provider);
    const environments: Environments = { blue: { ...blue, provider: 'openai', model: 'gpt-4o', format }, green };
    const app = await startGateway(stage, adapter, { options: { routes: { chat: { environments } } } });
    const anthropic = new Anthropic({ baseURL: urlOf(app), apiKey: KEY, maxRetries: 0 });
    const body = {
      model: 'chat',
      max_tokens: 4_000,
      messages: [{ role: 'user' as const, content: 'Hi' }],
      thinking: { type: 'adaptive' as const },
      output_config: { effort: 'high' as const },
    };
    const { content } = await anthropic.messages.create(body);
    expect(content).toMatchObject([{ type: 'text' }]);
    for (const field of ['reasoning_effort', 'reasoning', 'include']) {
      expect(stage.provider.calls.at(-1)!.body).not.toHaveProperty(field);
    }
  });
});
