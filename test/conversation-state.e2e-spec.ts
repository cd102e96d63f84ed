import Anthropic from '@anthropic-ai/sdk';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { RolloutService, type BlueGreenOptions } from 'nestjs-blue-green';
import type OpenAI from 'openai';
import { ADAPTERS } from './support/app.js';
import { blueAndGreen } from './support/environments.js';
import { KEY, sdkFor, startGateway } from './support/gateway.js';
import { Organizations } from './support/organizations.js';
import { Stage, urlOf } from './support/stage.js';

type Options = Partial<Extract<BlueGreenOptions, { routes: unknown }>>;

/** The next turn: a tool has run. */
const turn = (content: Anthropic.ContentBlock[]): Anthropic.MessageCreateParamsNonStreaming => ({
  model: 'chat',
  max_tokens: 2_000,
  thinking: { type: 'enabled', budget_tokens: 1_024 },
  messages: [
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'seen' }] },
  ],
});
describe.each(ADAPTERS)('a conversation, on %s,', (adapter) => {
  let stage: Stage;
  let orgs: Organizations;
  let openai: OpenAI;
  let anthropic: Anthropic;
  let rollouts: RolloutService;

  const gateway = (green: number, options: Options = {}) =>
    startGateway(stage, adapter, {
      options: {
        routes: { chat: { environments: blueAndGreen(stage.provider, green), fallback: ['blue'] } },
        breaker: false,
        retry: { attempts: 1 },
        ...options,
      },
    });
  const shift = (green: number) => rollouts.setTrafficWeights('chat', { blue: 100 - green, green });
  const ask = (body: object) =>
    openai.responses.create({
      model: 'chat',
      input: 'Hi',
      ...body,
    } as OpenAI.Responses.ResponseCreateParamsNonStreaming);
  const lastBody = () => JSON.stringify(stage.provider.calls.at(-1)!.body);
  const lastAsked = () => stage.provider.calls.at(-1)!.headers['x-environment'];

  beforeEach(async () => {
    stage = await Stage.open();
    orgs = new Organizations();
    stage.provider.always(orgs.behaviour);
    const app = await gateway(100);
    openai = sdkFor(app, { maxRetries: 0 });
    anthropic = new Anthropic({ baseURL: urlOf(app), apiKey: KEY, maxRetries: 0 });
    rollouts = app.get(RolloutService);
  });
  afterEach(() => stage.close());

  test('that refers to a response goes to its maker, wherever the weights are', async () => {
    const { id } = await ask({});
    await shift(0);
    const next = await ask({ previous_response_id: id });
    expect([lastAsked(), orgs.refused, next.output_text]).toEqual(['green', 0, 'from green']);
    expect(next.previous_response_id).toBe(id);
    await ask({ previous_response_id: next.id });
    expect([lastAsked(), orgs.refused]).toEqual(['green', 0]);
    await ask({});
    expect(lastAsked()).toBe('blue');
  });

  test('goes there from another replica, and after a restart', async () => {
    const { id } = await ask({});
    const other = sdkFor(await gateway(0), { maxRetries: 0 });
    await other.responses.create({ model: 'chat', input: 'Hi', previous_response_id: id });
    expect([lastAsked(), orgs.refused]).toEqual(['green', 0]);
  });

  test('with encrypted thoughts goes to their maker, whole and streamed', async () => {
    const { output } = await ask({});
    const streamed = await openai.responses.stream({ model: 'chat', input: 'Hi' }).finalResponse();
    await shift(0);
    for (const items of [output, streamed.output]) {
      expect(JSON.stringify(items)).toContain('"encrypted_content":"bg1.');
      await ask({ input: [...items, { role: 'user', content: 'more' }] });
      expect([lastAsked(), orgs.refused]).toEqual(['green', 0]);
      expect(lastBody()).toMatch(/"sealed_green_\d+"/);
    }
  });

  const first = { model: 'chat', max_tokens: 2_000, messages: [{ role: 'user' as const, content: 'Hi' }] };

  test('with signed thoughts goes to their maker, whole and streamed', async () => {
    const whole = await anthropic.messages.create(first);
    const streamed = await anthropic.messages.stream(first).finalMessage();
    await shift(0);
    for (const { content } of [whole, streamed]) {
      expect(content[0]).toMatchObject({
        type: 'thinking',
        signature: expect.stringMatching(/^bg1\..*signed_green_\d+$/),
      });
      await anthropic.messages.create(turn(content));
      expect([lastAsked(), orgs.refused]).toEqual(['green', 0]);
    }
  });

  test('goes on without its thoughts when their maker fails', async () => {
    const { content } = await anthropic.messages.create(first);
    orgs.down.add('green');
    await anthropic.messages.create(turn(content));
    expect([lastAsked(), orgs.refused]).toEqual(['blue', 0]);
    // A model that is told to think wants the thoughts of the turn it is in.
    expect(lastBody()).not.toContain('thinking');
  });

  test('that refers to a response of a maker that fails is told so, and nobody else is asked', async () => {
    const { id } = await ask({});
    orgs.down.add('green');
    stage.provider.seen.length = 0;
    await expect(ask({ previous_response_id: id })).rejects.toMatchObject({ code: 'upstream_server_error' });
    expect(stage.provider.calls.map(({ headers }) => headers['x-environment'])).toEqual(['green']);
  });

  test('is told when the maker of its response is gone', async () => {
    const { id } = await ask({});
    const { blue, green } = blueAndGreen(stage.provider, 0);
    const environments = { blue, green: { ...green, version: 'v3' } };
    const other = sdkFor(await gateway(0, { routes: { chat: { environments } } }), { maxRetries: 0 });
    await expect(
      other.responses.create({ model: 'chat', input: 'Hi', previous_response_id: id }),
    ).rejects.toMatchObject({
      status: 400,
      code: 'previous_response_not_found',
    });
  });

  test('does not stay on an environment that was rolled back, unless it has to', async () => {
    await shift(0);
    const steps = [{ setWeight: 50, duration: '1h' }];
    await rollouts.start('chat', { schedule: { steps }, force: true, reason: 'a test' });
    const fromGreen = async <T>(send: () => Promise<T>): Promise<T> => {
      for (;;) {
        const answer = await send();
        if (lastAsked() === 'green') return answer;
      }
    };
    const kept = await fromGreen(() => ask({}));
    const { content } = await fromGreen(() => anthropic.messages.create(first));
    await rollouts.rollback('chat');
    await anthropic.messages.create(turn(content));
    expect(lastAsked()).toBe('blue');
    await ask({ previous_response_id: kept.id });
    expect([lastAsked(), orgs.refused]).toEqual(['green', 0]);
  });

  test.each(['a rollout', 'a split by hand'])('ends with %s that is rolled back for good', async (kind) => {
    await shift(0);
    if (kind === 'a rollout') {
      const steps = [{ setWeight: 50, duration: '1h' }];
      await rollouts.start('chat', { schedule: { steps }, force: true, reason: 'a test' });
    } else await shift(50);
    const onGreen = async () => {
      for (;;) {
        const { id } = await ask({});
        if (lastAsked() === 'green') return id;
      }
    };
    const id = await onGreen();
    await rollouts.rollback('chat', { bound: 'refuse' });
    stage.provider.seen.length = 0;
    await expect(ask({ previous_response_id: id })).rejects.toMatchObject({
      status: 400,
      code: 'previous_response_not_found',
    });
    expect(stage.provider.calls).toHaveLength(0);
    expect((await ask({})).output_text).toBe('from blue');
  });

  test('does not stay on the side of a split by hand that was rolled back', async () => {
    await shift(0);
    await shift(60);
    const ended = async () => {
      for (;;) {
        const { content } = await anthropic.messages.create(first);
        if (lastAsked() === 'green') return content;
      }
    };
    const content = await ended();
    await anthropic.messages.create(turn(content));
    expect(lastAsked()).toBe('green');
    await rollouts.rollback('chat');
    await anthropic.messages.create(turn(content));
    expect([lastAsked(), orgs.refused]).toEqual(['blue', 0]);
    await shift(10);
    await anthropic.messages.create(turn(content));
    expect(lastAsked()).toBe('green');
  });

  test('is not bound by a stamp that somebody made up, and no stamp reaches a provider', async () => {
    const { id } = await ask({});
    await shift(0);
    const forged = id.replace(/\.[\w-]{16}\./, '.AAAAAAAAAAAAAAAA.');
    await expect(ask({ previous_response_id: forged })).rejects.toMatchObject({ status: 400, code: 'foreign_state' });
    expect([lastAsked(), lastBody().includes('bg1.')]).toEqual(['blue', false]);
  });

  test('breaks where stamps are off', async () => {
    const plain = await gateway(100, { conversationState: 'pass' });
    const sdk = sdkFor(plain, { maxRetries: 0 });
    const { id } = await sdk.responses.create({ model: 'chat', input: 'Hi' });
    expect(id).toMatch(/^resp_green_/);
    await plain.get(RolloutService).setTrafficWeights('chat', { blue: 100, green: 0 });
    const next = sdk.responses.create({ model: 'chat', input: 'Hi', previous_response_id: id });
    await expect(next).rejects.toMatchObject({ status: 400, code: 'foreign_state' });
  });
});
