import Anthropic from '@anthropic-ai/sdk';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { RolloutService } from 'nestjs-blue-green';
import { ADAPTERS } from './support/app.js';
import { fail, json, type Behaviour } from './support/fake-provider.js';
import { KEY, startGateway } from './support/gateway.js';
import { Stage, urlOf } from './support/stage.js';
import { begin, named } from '../lib/testing/server-sent.js';

/** Claude that runs code: the container of one organization is unknown to the other. */
const claude: Behaviour = (request, response) => {
  const org = String(request.headers['x-environment']);
  const { container: asked, stream } = request.body;
  if (asked !== undefined && asked !== `container_${org}`) return fail(404)(request, response);
  const container = { id: `container_${org}`, expires_at: '2026-12-01T00:00:00Z' };
  const usage = { input_tokens: 1, output_tokens: 1 };
  const content = [{ type: 'text', text: org }];
  const message = { id: 'm', type: 'message', role: 'assistant', model: 'claude', stop_reason: 'end_turn', usage };
  if (stream !== true) return json(response, 200, { ...message, content, container });
  begin(response);
  const at = { index: 0 };
  for (const event of [
    { type: 'message_start', message: { ...message, content: [], stop_reason: null, container: null } },
    { type: 'content_block_start', ...at, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', ...at, delta: { type: 'text_delta', text: org } },
    { type: 'content_block_stop', ...at },
    { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null, container }, usage },
    { type: 'message_stop' },
  ]) {
    response.write(named(event));
  }
  response.end();
};

describe.each(ADAPTERS)('a container in which code was run, on %s,', (adapter) => {
  let stage: Stage;

  beforeEach(async () => {
    stage = await Stage.open();
    stage.provider.always(claude);
  });
  afterEach(() => stage.close());

  test.each([false, true])('is asked for where it is (streamed: %s)', async (stream) => {
    const app = await startGateway(stage, adapter);
    const anthropic = new Anthropic({ baseURL: urlOf(app), apiKey: KEY, maxRetries: 0 });
    const ask = (container?: string) => {
      const messages = [{ role: 'user' as const, content: 'Run it.' }];
      const params = { model: 'chat', max_tokens: 99, messages, ...(container && { container }) };
      return (stream ? anthropic.messages.stream(params).finalMessage() : anthropic.messages.create(params)) as Promise<
        Anthropic.Message & { container: { id: string } }
      >;
    };
    const { container } = await ask();
    expect(container.id).toMatch(/^bg1\..*\.container_blue$/);
    await app.get(RolloutService).setTrafficWeights('chat', { blue: 0, green: 100 });
    expect(await ask(container.id)).toMatchObject({ content: [{ text: 'blue' }], container: { id: container.id } });
    stage.provider.always((request, response) =>
      (request.headers['x-environment'] === 'blue' ? fail(500) : claude)(request, response),
    );
    stage.provider.seen.length = 0;
    await expect(ask(container.id)).rejects.toMatchObject({ status: 502 });
    expect(new Set(stage.provider.calls.map(({ headers }) => headers['x-environment']))).toEqual(new Set(['blue']));
  });
});
