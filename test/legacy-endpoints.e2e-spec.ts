import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Telemetry, type Observation } from 'nestjs-blue-green';
import type OpenAI from 'openai';
import { APIError } from 'openai';
import { ADAPTERS } from './support/app.js';
import { answer, fail } from './support/fake-provider.js';
import { sdkFor, startGateway } from './support/gateway.js';
import { Stage } from './support/stage.js';

describe.each(ADAPTERS)('endpoints beside chat, on %s,', (adapter) => {
  let stage: Stage;
  let openai: OpenAI;
  let seen: Observation[];

  beforeEach(async () => {
    stage = await Stage.open();
    const app = await startGateway(stage, adapter);
    seen = [];
    app.get(Telemetry).onObservation((observation) => seen.push(observation));
    openai = sdkFor(app, { maxRetries: 0 });
  });
  afterEach(() => stage.close());

  describe('completions of a prompt', () => {
    test('are answered, and counted like any call', async () => {
      stage.provider.always(answer('is on its way.'));
      const { choices, usage, model } = await openai.completions.create({ model: 'chat', prompt: 'Your parcel' });
      expect([choices[0]?.text, usage?.completion_tokens, model]).toEqual(['is on its way.', 10, 'chat']);
      expect(stage.provider.calls).toMatchObject([{ path: '/v1/completions', body: { model: 'model-blue' } }]);
      expect(seen).toMatchObject([{ outcome: 'ok', usage: { inputTokens: 100, outputTokens: 10 } }]);
    });

    test('are streamed, with the usage that only we asked for left out', async () => {
      stage.provider.always(answer('is on its way.'));
      let text = '';
      const stream = await openai.completions.create({ model: 'chat', prompt: 'Your parcel', stream: true });
      for await (const { choices, usage } of stream) {
        text += choices[0]?.text ?? '';
        expect(usage ?? null).toBeNull();
      }
      expect(text).toBe('is on its way.');
      expect(seen).toMatchObject([{ outcome: 'ok', usage: { outputTokens: 10 } }]);
    });

    test('are asked for again when the provider fails', async () => {
      stage.provider.next(fail(500));
      expect((await openai.completions.create({ model: 'chat', prompt: 'Hi' })).choices[0]?.text).toBe('Hello there');
    });

    test('that break off raise an error in the SDK', async () => {
      stage.provider.always((_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(`data: ${JSON.stringify({ choices: [{ index: 0, text: 'Hel', finish_reason: null }] })}\n\n`);
        setTimeout(() => response.destroy(), 20);
      });
      const stream = await openai.completions.create({ model: 'chat', prompt: 'Hi', stream: true });
      const chunks = stream[Symbol.asyncIterator]();
      expect((await chunks.next()).value).toMatchObject({ choices: [{ text: 'Hel' }] });
      await expect(chunks.next()).rejects.toThrow(APIError);
    });
  });

  describe('a compacted conversation', () => {
    const input = [{ role: 'user' as const, content: 'Hi' }];

    test('comes back as it was made, and counts its tokens', async () => {
      const compacted = await openai.responses.compact({ model: 'chat', input });
      expect(compacted).toMatchObject({ object: 'response.compaction', output: [{ type: 'compaction' }] });
      expect(stage.provider.calls).toMatchObject([
        { path: '/v1/responses/compact', body: { model: 'model-blue', input } },
      ]);
      expect(seen).toMatchObject([{ outcome: 'ok', usage: { outputTokens: 10 } }]);
    });

    test('is refused in the words of the provider', async () => {
      stage.provider.always(fail(400, 'context_length_exceeded'));
      await expect(openai.responses.compact({ model: 'chat', input })).rejects.toMatchObject({
        status: 400,
        code: 'context_length_exceeded',
      });
    });
  });
});
