import { createOpenAI } from '@ai-sdk/openai';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { generateText, jsonSchema, streamText, tool, type ModelMessage } from 'ai';
import { RolloutService } from 'nestjs-blue-green';
import type OpenAI from 'openai';
import { ADAPTERS } from './support/app.js';
import { blueAndGreen } from './support/environments.js';
import { KEY, sdkFor, startGateway, TESTER_KEY } from './support/gateway.js';
import { Organizations } from './support/organizations.js';
import { Stage, urlOf } from './support/stage.js';

describe.each(ADAPTERS)('items of responses that a vendor keeps, on %s,', (adapter) => {
  let stage: Stage;
  let orgs: Organizations;
  let openai: OpenAI;
  let url: string;
  let rollouts: RolloutService;

  beforeEach(async () => {
    stage = await Stage.open();
    orgs = new Organizations();
    stage.provider.always(orgs.behaviour);
    const environments = blueAndGreen(stage.provider, 100);
    const app = await startGateway(stage, adapter, {
      options: { routes: { chat: { environments } }, breaker: false, retry: { attempts: 1 } },
    });
    url = urlOf(app);
    openai = sdkFor(app, { maxRetries: 0 });
    rollouts = app.get(RolloutService);
  });
  afterEach(() => stage.close());

  const shift = (green: number) => rollouts.setTrafficWeights('chat', { blue: 100 - green, green });
  const asked = () => stage.provider.calls.map(({ headers }) => headers['x-environment']);
  const lastBody = () => JSON.stringify(stage.provider.calls.at(-1)!.body);

  test.each([false, true])(
    'are found again by the AI SDK, which refers to them by id (streamed: %s)',
    async (stream) => {
      const model = createOpenAI({ baseURL: `${url}/v1`, apiKey: KEY })('chat');
      const tools = { look: tool({ inputSchema: jsonSchema<object>({ type: 'object' }), execute: () => 'seen' }) };
      const messages: ModelMessage[] = [{ role: 'user', content: 'Hi' }];
      const turn = async () => {
        if (!stream) return (await generateText({ model, messages, tools, maxRetries: 0 })).response.messages;
        const result = streamText({ model, messages, tools, maxRetries: 0 });
        let text = '';
        for await (const piece of result.textStream) text += piece;
        expect(text).toBe('from green');
        return (await result.response).messages;
      };
      messages.push(...(await turn()), { role: 'user', content: 'more' });
      await shift(0);
      messages.push(...(await turn()));
      expect([asked(), orgs.refused]).toEqual([['green', 'green'], 0]);
      expect(lastBody()).toMatch(/"type":"item_reference","id":"msg_green_\d"/);
    },
  );

  test('have one id in all events of a stream, and in the whole answer', async () => {
    const ids = new Set<string>();
    for await (const event of await openai.responses.create({ model: 'chat', input: 'Hi', stream: true })) {
      if ('item_id' in event) ids.add(event.item_id);
      if ('item' in event && event.item.type === 'message') ids.add(event.item.id);
      if (event.type === 'response.completed') ids.add(event.response.output.at(-1)!.id!);
    }
    expect([...ids]).toEqual([expect.stringMatching(/^bg1\..*\.msg_green_\d$/)]);
  });

  test('have no stamp where the caller lets nothing be kept', async () => {
    const { id, output } = await openai.responses.create({ model: 'chat', input: 'Hi', store: false });
    expect(id).toMatch(/^bg1\./);
    expect(output[0]).toMatchObject({ encrypted_content: expect.stringMatching(/^bg1\./) });
    expect(output.map((item) => item.id)).toEqual([expect.stringMatching(/^rs_/), expect.stringMatching(/^msg_/)]);
  });

  test('are asked of an environment that was rolled back, until that is refused', async () => {
    await shift(0);
    await shift(10);
    const onGreen = { headers: { 'x-environment': 'green', authorization: `Bearer ${TESTER_KEY}` } };
    const { output } = await openai.responses.create({ model: 'chat', input: 'Hi' }, onGreen);
    const refer = () =>
      openai.responses.create({ model: 'chat', input: [{ type: 'item_reference', id: output.at(-1)!.id! }] });
    await rollouts.rollback('chat');
    await refer();
    await shift(10);
    await rollouts.rollback('chat', { bound: 'refuse' });
    await expect(refer()).rejects.toMatchObject({ status: 400, code: 'previous_response_not_found' });
    expect([asked(), orgs.refused]).toEqual([['green', 'green'], 0]);
  });

  test('an approval goes to the one who asked for it', async () => {
    const { output } = await openai.responses.create({ model: 'chat', input: 'Hi' });
    await shift(0);
    const approval = { type: 'mcp_approval_response' as const, approve: true, approval_request_id: output[1]!.id! };
    await openai.responses.create({ model: 'chat', input: [approval] });
    expect([asked(), orgs.refused]).toEqual([['green', 'green'], 0]);
    expect(lastBody()).toMatch(/"approval_request_id":"msg_green_\d"/);
  });

  test('a compacted conversation is not left out: others would not know what was said', async () => {
    const { output } = await openai.responses.create({ model: 'chat', input: 'Hi', store: false });
    const [{ encrypted_content }] = output as [OpenAI.Responses.ResponseReasoningItem];
    const compacted = { type: 'compaction' as const, encrypted_content: encrypted_content! };
    orgs.down.add('green');
    const next = openai.responses.create({ model: 'chat', input: [compacted, { role: 'user', content: 'more' }] });
    await expect(next).rejects.toMatchObject({ code: 'upstream_server_error' });
    expect([asked(), orgs.refused]).toEqual([['green', 'green'], 0]);
  });

  test('are kept by no upstream of another format: references are unsupported there, by their path', async () => {
    const { blue, green } = blueAndGreen(stage.provider);
    const format = 'anthropic-messages' as const;
    const environments = { blue: { ...blue, format }, green: { ...green, format } };
    const other = sdkFor(await startGateway(stage, adapter, { options: { routes: { chat: { environments } } } }), {
      maxRetries: 0,
    });
    const { output } = await other.responses.create({ model: 'chat', input: 'Hi' });
    const input = [{ type: 'item_reference' as const, id: output[0]!.id! }];
    await expect(other.responses.create({ model: 'chat', input })).rejects.toMatchObject({
      status: 501,
      code: 'upstream_unsupported',
      message: expect.stringContaining('"input[0]'),
    });
    expect(stage.provider.calls).toHaveLength(1);
  });
});
