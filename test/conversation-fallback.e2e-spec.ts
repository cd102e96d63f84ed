import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type OpenAI from 'openai';
import { ADAPTERS } from './support/app.js';
import { blueAndGreen } from './support/environments.js';
import { KEY, sdkFor, startGateway } from './support/gateway.js';
import { Organizations } from './support/organizations.js';
import { Stage, urlOf } from './support/stage.js';

const FORMATS = ['openai-chat', 'anthropic-messages', 'openai-responses'] as const;
type Format = (typeof FORMATS)[number];

/** A conversation of one turn; the next one brings along all that came back. */
interface Spoken {
  readonly next: () => Promise<unknown>;
}
interface Speaker {
  readonly speaks: Format;
  readonly begin: (stream: boolean, model: string) => Promise<Spoken>;
}

describe.each(ADAPTERS)('a conversation whose maker fails, on %s,', (adapter) => {
  let stage: Stage;
  let orgs: Organizations;
  let openai: OpenAI;
  let anthropic: Anthropic;

  beforeAll(async () => {
    stage = await Stage.open();
    const { blue, green } = blueAndGreen(stage.provider);
    const routes = FORMATS.flatMap((speaks) =>
      FORMATS.map((carried) => {
        const environments = { blue: { ...blue, format: speaks }, green: { ...green, format: carried } };
        return [`${speaks} ${carried}`, { environments, fallback: ['green'] }];
      }),
    );
    const app = await startGateway(stage, adapter, {
      options: { routes: Object.fromEntries(routes), breaker: false, retry: { attempts: 1 } },
    });
    openai = sdkFor(app, { maxRetries: 0 });
    anthropic = new Anthropic({ baseURL: urlOf(app), apiKey: KEY, maxRetries: 0 });
  });
  afterAll(() => stage.close());

  beforeEach(() => {
    orgs = new Organizations();
    stage.provider.always(orgs.behaviour);
  });

  const byMessages: Speaker = {
    speaks: 'anthropic-messages',
    async begin(stream, model) {
      const question = { role: 'user' as const, content: 'Hi' };
      const tools = [{ name: 'look', input_schema: { type: 'object' as const } }];
      const thinking = { type: 'enabled' as const, budget_tokens: 1_024 };
      const params = { model, max_tokens: 2_000, thinking, tools };
      const ask = (messages: Anthropic.MessageParam[]) =>
        stream
          ? anthropic.messages.stream({ ...params, messages }).finalMessage()
          : anthropic.messages.create({ ...params, messages });
      const { content } = await ask([question]);
      const { id } = content.find((block) => block.type === 'tool_use')!;
      const result = { type: 'tool_result' as const, tool_use_id: id, content: 'seen' };
      return {
        next: () => ask([question, { role: 'assistant', content }, { role: 'user', content: [result] }]),
      };
    },
  };

  const byChat: Speaker = {
    speaks: 'openai-chat',
    async begin(stream, model) {
      const question = { role: 'user' as const, content: 'Hi' };
      const tools = [{ type: 'function' as const, function: { name: 'look', parameters: { type: 'object' } } }];
      const ask = async (messages: OpenAI.ChatCompletionMessageParam[]) => {
        const params = { model, messages, tools };
        if (!stream) return (await openai.chat.completions.create(params)).choices[0]!.message;
        const pieces: OpenAI.ChatCompletionChunk.Choice.Delta[] = [];
        for await (const { choices } of await openai.chat.completions.create({ ...params, stream: true })) {
          if (choices[0]) pieces.push(choices[0].delta);
        }
        return Object.assign({ role: 'assistant' }, ...pieces) as OpenAI.ChatCompletionMessage;
      };
      const message = await ask([question]);
      expect(JSON.stringify(message)).toContain('"thought_signature":"bg1.');
      const result = { role: 'tool' as const, tool_call_id: message.tool_calls![0]!.id, content: 'seen' };
      return { next: () => ask([question, message, result]) };
    },
  };

  type Item = OpenAI.Responses.ResponseInputItem;
  const byResponses = (
    more: Partial<OpenAI.Responses.ResponseCreateParamsNonStreaming>,
    next: (answer: OpenAI.Responses.Response) => Partial<OpenAI.Responses.ResponseCreateParamsNonStreaming>,
  ): Speaker => ({
    speaks: 'openai-responses',
    async begin(stream, model) {
      const ask = (params: Partial<OpenAI.Responses.ResponseCreateParamsNonStreaming>) => {
        const asked = { model, ...more, ...params };
        if (stream) return openai.responses.stream({ ...asked, stream: true }).finalResponse();
        return openai.responses.create(asked);
      };
      const answer = await ask({ input: 'Hi' });
      return { next: () => ask({ input: [], ...next(answer) }) };
    },
  });
  const more: Item = { role: 'user', content: 'more' };
  const inline = ({ output }: OpenAI.Responses.Response) => ({ input: [...output, more] as Item[] });

  const strippable: [string, Speaker][] = [
    ['signed thoughts', byMessages],
    ['signed calls of tools', byChat],
    ['encrypted thoughts', byResponses({ store: false }, inline)],
    ['thoughts that its vendor keeps', byResponses({ store: true }, inline)],
  ];
  const whole: [string, Speaker][] = [
    ['previous_response_id', byResponses({}, ({ id }) => ({ previous_response_id: id, input: [more] }))],
    [
      'references to items',
      byResponses({ store: true }, ({ output }) => ({
        input: [...output.map(({ id }) => ({ type: 'item_reference' as const, id: id! })), more],
      })),
    ],
  ];
  const ways = [false, true].flatMap((stream) => FORMATS.map((carried) => [stream, carried] as const));
  const asked = () => stage.provider.calls.map(({ headers }) => headers['x-environment']);

  describe.each(strippable)('with %s', (_what, { speaks, begin }) => {
    test.each(ways)('goes on without them elsewhere (streamed: %s, to %s)', async (stream, carried) => {
      const { next } = await begin(stream, `${speaks} ${carried}`);
      orgs.down.add('blue');
      stage.provider.seen.length = 0;
      await next();
      expect([asked(), orgs.refused]).toEqual([['blue', 'green'], 0]);
      expect(JSON.stringify(stage.provider.calls.at(-1)!.body)).not.toMatch(/_blue_\d|thinking|bg1\./);
    });
  });

  describe.each(whole)('by %s', (_what, { speaks, begin }) => {
    test.each(ways)('is told so, and nobody else is asked (streamed: %s, else %s)', async (stream, carried) => {
      const { next } = await begin(stream, `${speaks} ${carried}`);
      stage.provider.seen.length = 0;
      await next();
      expect([asked(), orgs.refused]).toEqual([['blue'], 0]);
      orgs.down.add('blue');
      stage.provider.seen.length = 0;
      await expect(next()).rejects.toMatchObject({ code: 'upstream_server_error' });
      expect([asked(), orgs.refused]).toEqual([['blue'], 0]);
    });
  });
});
