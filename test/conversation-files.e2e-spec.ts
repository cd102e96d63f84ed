import Anthropic from '@anthropic-ai/sdk';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { RolloutService, type EnvironmentOptions } from 'nestjs-blue-green';
import type OpenAI from 'openai';
import { ADAPTERS } from './support/app.js';
import { control, controlOptions } from './support/control.js';
import { blueAndGreen } from './support/environments.js';
import { json, type Behaviour } from './support/fake-provider.js';
import { KEY, sdkFor, startGateway } from './support/gateway.js';
import { Organizations } from './support/organizations.js';
import { Stage, urlOf } from './support/stage.js';

/** Whose file it is stands in its id. OpenAI says 400, Anthropic 404. */
function withFiles({ behaviour }: Organizations): Behaviour {
  return (request, response) => {
    const org = String(request.headers['x-environment']);
    const foreign = [...JSON.stringify(request.body).matchAll(/"file[-_](\w+)_\d"/g)].find(
      ([, owner]) => owner !== org,
    );
    if (!foreign) return behaviour(request, response);
    const id = foreign[0].slice(1, -1);
    if (request.path.endsWith('/messages')) {
      const error = { type: 'not_found_error', message: `File not found: ${id}` };
      return json(response, 404, { type: 'error', error });
    }
    const error = {
      message: `Files [${id}] were not found.`,
      type: 'invalid_request_error',
      param: 'input',
      code: null,
    };
    json(response, 400, { error });
  };
}

describe.each(ADAPTERS)('a file that is kept by one organization, on %s,', (adapter) => {
  let stage: Stage;
  let app: INestApplication;
  let openai: OpenAI;
  let anthropic: Anthropic;

  const start = async (green: EnvironmentOptions = {}, blueToo: EnvironmentOptions = {}) => {
    const environments = blueAndGreen(stage.provider);
    app = await startGateway(stage, adapter, {
      options: {
        ...controlOptions,
        routes: {
          chat: {
            environments: { blue: { ...environments.blue, ...blueToo }, green: { ...environments.green, ...green } },
          },
        },
        scheduler: false,
        breaker: { size: 1, minCalls: 1 },
        retry: { attempts: 1 },
      },
    });
    openai = sdkFor(app, { maxRetries: 0 });
    anthropic = new Anthropic({ baseURL: urlOf(app), apiKey: KEY, maxRetries: 0 });
  };
  beforeEach(async () => {
    stage = await Stage.open();
    stage.provider.always(withFiles(new Organizations()));
  });
  afterEach(() => stage.close());

  const shift = (green: number) => app.get(RolloutService).setTrafficWeights('chat', { blue: 100 - green, green });
  const asked = () => stage.provider.calls.map(({ headers }) => headers['x-environment']);
  const figures = async () => (await control(app, 'GET', '/rollouts/chat')).json['environments'];

  const asks: [string, string, (file: string) => Promise<unknown>][] = [
    [
      'of responses',
      'file-',
      (file_id) => {
        const content = [
          { type: 'input_file' as const, file_id },
          { type: 'input_text' as const, text: 'Read.' },
        ];
        return openai.responses.create({ model: 'chat', input: [{ role: 'user', content }] });
      },
    ],
    [
      'of responses, streamed',
      'file-',
      (file_id) => {
        const content = [{ type: 'input_image' as const, file_id, detail: 'auto' as const }];
        return openai.responses.stream({ model: 'chat', input: [{ role: 'user', content }] }).finalResponse();
      },
    ],
    [
      'of chats',
      'file-',
      (file_id) => {
        const content = [{ type: 'file' as const, file: { file_id } }];
        return openai.chat.completions.create({ model: 'chat', messages: [{ role: 'user', content }] });
      },
    ],
    [
      'of messages',
      'file_',
      (file_id) => {
        const content = [{ type: 'document' as const, source: { type: 'file' as const, file_id } }];
        const messages = [{ role: 'user' as const, content }] as unknown as Anthropic.MessageParam[];
        return anthropic.messages.create({ model: 'chat', max_tokens: 9, messages });
      },
    ],
  ];

  test.each(asks)(
    '%s is asked of the live one while another is on trial, off the split',
    async (_what, prefix, ask) => {
      await start();
      await shift(50);
      for (let n = 0; n < 8; n++) await ask(`${prefix}blue_1`);
      expect(new Set(asked())).toEqual(new Set(['blue']));
      expect(await figures()).toMatchObject({
        green: { total: { request_count: 0 } },
        blue: { total: { error_count: 0 } },
      });
    },
  );

  test.each(asks)('%s is found by asking, once the live one has changed', async (_what, prefix, ask) => {
    await start();
    await shift(100);
    await ask(`${prefix}blue_1`);
    expect(asked()).toEqual(['green', 'blue']);
    // Nobody is at fault, and the breaker of one call stays closed.
    await ask(`${prefix}green_1`);
    expect(asked()).toEqual(['green', 'blue', 'green']);
    expect(await figures()).toMatchObject({ green: { total: { error_count: 0 } } });
  });

  test('that nobody has is refused in the words of the live one', async () => {
    await start();
    const next = asks[0]![2]('file-nobody_1');
    await expect(next).rejects.toMatchObject({ status: 400, message: expect.stringContaining('file-nobody_1') });
    expect(asked()).toEqual(['blue', 'green']);
  });

  test('goes where the split says when both are asked with one account', async () => {
    await start({ apiKey: 'sk-upstream-blue' });
    stage.provider.always(new Organizations().behaviour);
    await shift(50);
    while (new Set(asked()).size < 2) await asks[0]![2]('file-blue_1');
    expect(await figures()).toMatchObject({ green: { total: { bound_count: 0 } } });
  });

  test('is unsupported at another vendor, by its path, and nothing is sent there', async () => {
    await start({ format: 'anthropic-messages' }, { format: 'anthropic-messages' });
    await shift(100);
    await expect(asks[0]![2]('file-blue_1')).rejects.toMatchObject({
      status: 501,
      code: 'upstream_unsupported',
      message: expect.stringContaining('input[0].content[0].file_id'),
    });
    expect(asked()).toEqual([]);
  });
});
