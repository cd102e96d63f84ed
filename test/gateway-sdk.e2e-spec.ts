import { EventEmitter, once } from 'node:events';
import type { INestApplication } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type OpenAI from 'openai';
import { GATEWAYS } from './support/app.js';
import { begin, event, json, type SeenRequest } from './support/fake-provider.js';
import { KEY, sdkFor, startGateway } from './support/gateway.js';
import { Stage } from './support/stage.js';

type Chunk = OpenAI.ChatCompletionChunk;

const messages = [{ role: 'user' as const, content: 'Grüße, 世界 👋' }];

async function all(stream: AsyncIterable<Chunk>): Promise<Chunk[]> {
  const chunks: Chunk[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

const textOf = (chunks: readonly Chunk[]) => chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('');

describe.each(GATEWAYS)("OpenAI's SDK at the gateway, on %s", (adapter) => {
  let stage: Stage;
  let app: INestApplication;
  let sdk: ReturnType<typeof sdkFor>;

  beforeEach(async () => {
    stage = await Stage.open();
    app = await startGateway(stage, adapter);
    sdk = sdkFor(app);
  });
  afterEach(() => stage.close());

  const upstreamCall = (): SeenRequest => {
    expect(stage.provider.calls).toHaveLength(1);
    return stage.provider.calls[0]!;
  };

  describe('a whole answer', () => {
    test('reaches the SDK as the provider gave it', async () => {
      const { data, response } = await sdk.chat.completions.create({ model: 'chat', messages }).withResponse();
      expect(data.choices[0]!.message.content).toBe('Hello there');
      expect(data.usage).toEqual({ prompt_tokens: 100, completion_tokens: 10 });
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'x-deployment-env': 'blue',
        'x-environment': 'blue',
        'x-model-version': 'v1',
        'content-type': 'application/json',
      });
    });

    test('fields that nobody here knows pass in both directions, byte for byte', async () => {
      const message = { role: 'assistant', content: null, x_reasoning: { steps: [1, 2.5, 'π'] } };
      const answer = { id: 'c1', choices: [{ index: 0, message, finish_reason: 'stop' }], x_vendor: { big: 1e21 } };
      stage.provider.always((_request, response) => json(response, 200, answer));

      const request = { model: 'chat', messages, temperature: 0, seed: 7, x_vendor: { nested: [null, ''] } };
      const response = await sdk.chat.completions.create(request).asResponse();
      expect(await response.text()).toBe(JSON.stringify(answer));
      expect(upstreamCall().body).toEqual({ ...request, model: 'model-blue' });
    });

    test('tool calls pass untouched in both directions', async () => {
      const tools = [
        {
          type: 'function' as const,
          function: { name: 'track', strict: true, parameters: { type: 'object', properties: { id: {} } } },
        },
      ];
      const toolCall = { id: 'call_1', type: 'function', function: { name: 'track', arguments: '{"id":"7\\n"}' } };
      const message = { role: 'assistant', content: null, tool_calls: [toolCall] };
      stage.provider.always((_request, response) =>
        json(response, 200, { id: 'c1', choices: [{ index: 0, message, finish_reason: 'tool_calls' }] }),
      );

      const { choices } = await sdk.chat.completions.create({
        model: 'chat',
        messages,
        tools,
        tool_choice: 'required',
      });
      expect(choices[0]!.message.tool_calls).toEqual([toolCall]);
      expect(choices[0]!.finish_reason).toBe('tool_calls');
      expect(upstreamCall().body).toMatchObject({ tools, tool_choice: 'required' });
    });
  });

  describe('a stream', () => {
    test('reaches the SDK chunk by chunk and ends', async () => {
      const { data, response } = await sdk.chat.completions
        .create({ model: 'chat', messages, stream: true })
        .withResponse();
      const chunks = await all(data);
      expect(textOf(chunks)).toBe('Hello there');
      expect(chunks.at(-1)!.choices[0]!.finish_reason).toBe('stop');
      expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
      expect(response.headers.get('x-deployment-env')).toBe('blue');
    });

    test('the first chunk is there before the provider has sent the second', async () => {
      const gate = new EventEmitter();
      stage.provider.always(async (_request, response) => {
        begin(response);
        response.write(event({ choices: [{ index: 0, delta: { content: 'one' } }] }));
        await once(gate, 'go on');
        response.write(event({ choices: [{ index: 0, delta: { content: ' two' }, finish_reason: 'stop' }] }));
        response.end('data: [DONE]\n\n');
      });
      const stream = await sdk.chat.completions.create({ model: 'chat', messages, stream: true });
      const chunks = stream[Symbol.asyncIterator]();
      expect((await chunks.next()).value?.choices[0]!.delta.content).toBe('one');
      gate.emit('go on');
      expect((await chunks.next()).value?.choices[0]!.delta.content).toBe(' two');
      expect((await chunks.next()).done).toBe(true);
    });

    test('unknown fields and tool calls in pieces pass untouched', async () => {
      const deltas = [
        { role: 'assistant', content: null, x_vendor: { a: [1] } },
        { tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'track', arguments: '' } }] },
        { tool_calls: [{ index: 0, function: { arguments: '{"id":' } }] },
        { tool_calls: [{ index: 0, function: { arguments: '"日本\\n"}' } }] },
      ];
      const sent: unknown[] = deltas.map((delta) => ({ id: 'c1', choices: [{ index: 0, delta }], x_trace: 'τ' }));
      sent.push({ id: 'c1', choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] });
      stage.provider.always((_request, response) => {
        begin(response);
        response.end(`${sent.map(event).join('')}data: [DONE]\n\n`);
      });
      const stream = await sdk.chat.completions.create({ model: 'chat', messages, stream: true });
      expect(await all(stream)).toEqual(sent);
    });

    test.each([
      ['asked for', { stream_options: { include_usage: true } }, [{ prompt_tokens: 100, completion_tokens: 10 }]],
      ['not asked for', {}, []],
      ['declined', { stream_options: { include_usage: false } }, []],
    ])('the usage chunk, %s', async (_what, options, usages) => {
      const stream = await sdk.chat.completions.create({ model: 'chat', messages, stream: true, ...options });
      const chunks = await all(stream);
      expect(chunks.flatMap(({ usage }) => usage ?? [])).toEqual(usages);
      expect(chunks.filter(({ choices }) => choices.length === 0)).toHaveLength(usages.length);
      expect(textOf(chunks)).toBe('Hello there');
    });

    test('other stream options go along with the one that we add', async () => {
      const stream_options = { include_obfuscation: false };
      await all(await sdk.chat.completions.create({ model: 'chat', messages, stream: true, stream_options }));
      expect(upstreamCall().body['stream_options']).toEqual({ include_obfuscation: false, include_usage: true });
    });

    test("the SDK's own abort closes the upstream's socket", async () => {
      stage.provider.always((_request, response) => {
        begin(response);
        response.write(event({ choices: [{ index: 0, delta: { content: 'and so on' } }] }));
      });
      const stream = await sdk.chat.completions.create({ model: 'chat', messages, stream: true });
      for await (const chunk of stream) {
        expect(textOf([chunk])).toBe('and so on');
        break;
      }
      await upstreamCall().closed;
    });
  });

  describe('what the upstream gets', () => {
    test.each([false, true])(
      'its own key and model and who asks, never the caller’s key; stream: %s',
      async (stream) => {
        const defaultHeaders = { 'X-Request-ID': 'req-42', Cookie: 'session=secret', 'X-Api-Key': KEY };
        const answer = await sdkFor(app, { defaultHeaders }).chat.completions.create({
          model: 'chat',
          messages,
          stream,
        });
        if (Symbol.asyncIterator in answer) await all(answer as AsyncIterable<Chunk>);

        const { headers, body } = upstreamCall();
        expect(headers).toMatchObject({
          authorization: 'Bearer sk-upstream-blue',
          'x-deployment-env': 'blue',
          'x-environment': 'blue',
          'x-request-id': 'req-42',
        });
        expect(JSON.stringify(headers)).not.toMatch(new RegExp(`${KEY}|secret`));
        expect(body['model']).toBe('model-blue');
        expect(body['messages']).toEqual(messages);
      },
    );
  });
});
