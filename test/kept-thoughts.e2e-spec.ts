import { createOpenAI } from '@ai-sdk/openai';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { generateText, streamText, type ModelMessage } from 'ai';
import { RolloutService } from 'nestjs-blue-green';
import type OpenAI from 'openai';
import { ADAPTERS } from './support/app.js';
import { KEY, sdkFor, startGateway } from './support/gateway.js';
import { KeepingOrganizations } from './support/keeping-organizations.js';
import { Stage, urlOf } from './support/stage.js';

describe.each(ADAPTERS)('thoughts that a provider keeps, and callers only name, on %s,', (adapter) => {
  let stage: Stage;
  let orgs: KeepingOrganizations;
  let openai: OpenAI;
  let origin: string;
  let rollouts: RolloutService;

  const shift = (green: number) => rollouts.setTrafficWeights('chat', { blue: 100 - green, green });
  const lastAsked = () => stage.provider.calls.at(-1)!.headers['x-environment'];
  const more = { role: 'user' as const, content: 'more' };

  beforeEach(async () => {
    stage = await Stage.open();
    orgs = new KeepingOrganizations();
    stage.provider.always(orgs.behaviour);
    const app = await startGateway(stage, adapter, { options: { retry: { attempts: 1 } } });
    openai = sdkFor(app, { maxRetries: 0 });
    origin = urlOf(app);
    rollouts = app.get(RolloutService);
    await shift(100);
  });
  afterEach(() => stage.close());

  /** The items of an answer, whole and streamed. */
  const answers = async () => {
    const whole = await openai.responses.create({ model: 'chat', input: 'Hi' });
    const streamed = await openai.responses.stream({ model: 'chat', input: 'Hi' }).finalResponse();
    return [whole.output, streamed.output] as OpenAI.Responses.ResponseInput[];
  };
  const goOn = (...items: OpenAI.Responses.ResponseInput) =>
    openai.responses.create({ model: 'chat', input: [{ role: 'user', content: 'Hi' }, ...items, more] });

  test('go back to their maker, wherever the weights are', async () => {
    const all = await answers();
    await shift(0);
    for (const items of all) {
      expect((await goOn(...items)).output_text).toBe('from green');
      const [{ id }] = items as [{ id: string }];
      await goOn({ type: 'item_reference', id });
      expect([lastAsked(), orgs.refused]).toEqual(['green', 0]);
    }
    expect(JSON.stringify(stage.provider.calls.at(-1)!.body)).not.toContain('bg1.');
  });

  /** The ids of items in the events of a stream. */
  const streamedIds = async (params: object) => {
    const ids = new Set<string>();
    for await (const event of openai.responses.stream({ model: 'chat', input: 'Hi', ...params })) {
      if ('item' in event) ids.add(event.item.id!);
      if ('item_id' in event) ids.add(event.item_id);
      if ('response' in event) for (const { id } of event.response.output) ids.add(id!);
    }
    return [...ids];
  };

  test('have one id in all events of a stream, like words', async () => {
    const [thoughts, message, ...others] = await streamedIds({});
    expect(thoughts).toMatch(/^bg1\..+\.rs_green_\d+$/);
    expect(message).toMatch(/^bg1\..+\.msg_green_\d+$/);
    expect(others).toEqual([]);
  });

  test('are not there when nothing is kept, and ids stay as they are', async () => {
    expect(await streamedIds({ store: false })).toEqual([
      expect.stringMatching(/^rs_green_\d+$/),
      expect.stringMatching(/^msg_green_\d+$/),
    ]);
  });

  test('do not bind where there are none: words that come along are read by everybody', async () => {
    orgs.thinks = false;
    const all = await answers();
    await shift(0);
    for (const items of all) {
      expect((await goOn(...items)).output_text).toBe('from blue');
      expect(JSON.stringify(stage.provider.calls.at(-1)!.body)).not.toContain('bg1.');
    }
  });

  test('stay behind after a rollback, together with the ids of what they led to', async () => {
    const all = await answers();
    await rollouts.rollback('chat');
    for (const items of all) {
      expect((await goOn(...items)).output_text).toBe('from blue');
      const { input } = stage.provider.calls.at(-1)!.body as { input: { type?: string; id?: string }[] };
      expect(input.map(({ type, id }) => [type, id])).toEqual([
        [undefined, undefined],
        ['message', undefined],
        [undefined, undefined],
      ]);
    }
    expect(orgs.refused).toBe(0);
  });

  test('are only there at their maker for one who names nothing else, even after a rollback', async () => {
    const [[{ id }]] = (await answers()) as unknown as [[{ id: string }]];
    await rollouts.rollback('chat');
    for (const reference of [{ type: 'item_reference' as const, id }, { id }]) {
      await goOn(reference);
      expect([lastAsked(), orgs.refused]).toEqual(['green', 0]);
    }
  });

  test.each([true, false])(
    'are named by the AI SDK, like words: thinking %s, a conversation stays whole',
    async (is) => {
      orgs.thinks = is;
      const model = createOpenAI({ baseURL: `${origin}/v1`, apiKey: KEY })('chat');
      const messages: ModelMessage[] = [{ role: 'user', content: 'Hi' }];
      const whole = await generateText({ model, messages, maxRetries: 0 });
      const streamed = streamText({ model, messages, maxRetries: 0 });
      const said = [whole.response.messages, (await streamed.response).messages];
      await shift(0);
      for (const turns of said) {
        const { text } = await generateText({ model, messages: [...messages, ...turns, more], maxRetries: 0 });
        expect([text, lastAsked(), orgs.refused]).toEqual(['from green', 'green', 0]);
      }
      expect(JSON.stringify(stage.provider.calls.at(-1)!.body)).toContain('item_reference');
    },
  );
});
