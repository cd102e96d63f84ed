import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Logger, type INestApplication } from '@nestjs/common';
import {
  BlueGreenError,
  LlmRouterService,
  Telemetry,
  UpstreamError,
  VersionService,
  type BlueGreenOptions,
} from 'nestjs-blue-green';
import { registerVersion } from '../lib/domain/version-commands.js';
import { CommandBus } from '../lib/rollout/command-bus.js';
import { blueGreen, startApp } from './support/app.js';
import { answerMessage, answerResponse } from './support/dialect-answers.js';
import { answer, FakeProvider, json, type Behaviour } from './support/fake-provider.js';
import { urlOf } from './support/stage.js';

type Environment = Extract<BlueGreenOptions, { environments: unknown }>['environments'][string];

const HI = { messages: [{ role: 'user', content: 'Hi' }] };
const PRICES = { 'm-1': { input: 1_000_000, output: 1_000_000 } };

const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();

let provider: FakeProvider;
let app: INestApplication | undefined;

beforeAll(async () => {
  provider = await FakeProvider.start();
});

beforeEach(() => {
  provider.reset();
  warn.mockClear();
});
afterEach(() => app?.close());
afterAll(() => provider.stop());

/** A route whose green has these settings; its blue is plain. */
async function start(settings: Partial<Environment>, more: Partial<BlueGreenOptions> = {}): Promise<LlmRouterService> {
  const environment = { baseUrl: provider.baseUrl, apiKey: 'key' };
  const green = { ...environment, model: 'm-1', ...settings, weight: 100 };
  const blue = { ...environment, model: 'm-blue' };
  const options = { alias: 'chat', environments: { green, blue }, fallback: ['blue'], ...more };
  app = await startApp({ module: blueGreen(options) });
  return app.get(LlmRouterService);
}

/** Answers in the name of this model. */
function named(model: string): Behaviour {
  return (request, response) => answer()({ ...request, body: { ...request.body, model } }, response);
}

function drift(): number {
  return app!.get(Telemetry).total('chat', 'green', 'm-1').modelDrift;
}

describe('A version that code registers', () => {
  const version = { tag: 'v-1', model: 'm-1' };
  const register = (more: object) => app!.get(VersionService).register({ ...version, ...more });

  test.each<[string, object, RegExp]>([
    ['a tag with other characters', { tag: 'prompt → 2' }, /tag is not a version tag .*lower-case letters, digits/],
    ['a tag that is too long', { tag: 'v'.repeat(65) }, /tag is not a version tag/],
    ['no model', { model: '' }, /model is empty/],
    [
      'a message among its parameters',
      { parameters: { values: { messages: [] }, mode: 'override' } },
      /not a parameter/,
    ],
    ['a limit below zero', { costLimitPerRequest: -1 }, /costLimitPerRequest is too small/],
    ['an address of its own', { baseUrl: 'http://evil.example' }, /baseUrl is not an option/],
  ])('is held to the rules of HTTP: %s', async (_, more, message) => {
    await start({});
    await expect(register(more)).rejects.toThrow(message);
    expect(app!.get(VersionService).all).toEqual([]);
  });

  test('with a tag from before the rule does not cost anybody the answer', async () => {
    const environments = { blue: { baseUrl: provider.baseUrl, apiKey: 'key', model: 'm-blue', weight: 100 } };
    app = await startApp({
      module: blueGreen({
        alias: 'chat',
        environments,
        gateway: true,
        keys: [{ name: 'k', key: 'a-key-of-the-gateway' }],
      }),
    });
    await app.get(CommandBus).append(registerVersion({ tag: 'prompt → 2', model: 'm-1' }), { reason: 'register' });
    await app.get(VersionService).split('chat', { 'prompt → 2': 100 });
    const response = await fetch(`${urlOf(app)}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer a-key-of-the-gateway', 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'chat', ...HI }),
    });
    expect([response.status, response.headers.get('x-model-version')]).toEqual([200, 'prompt %E2%86%92 2']);
  });
});

test('A split by names of environments reaches these slots, also where both hold one version', async () => {
  await start({ model: 'm-blue' });
  const { weights } = await app!.get(VersionService).split('chat', { blue: 90, green: 10 });
  expect(weights).toEqual({ blue: 90, green: 10 });
});

describe('what a version brings along', () => {
  const settings = { parameters: { temperature: 0, max_tokens: 20 }, systemPrompt: 'Be brief.' } as const;

  test.each<[string, Behaviour, object, object]>([
    [
      'chat/completions',
      answer(),
      HI,
      { temperature: 0, max_tokens: 20, messages: [{ role: 'system', content: 'Be brief.' }, ...HI.messages] },
    ],
    [
      'responses',
      answerResponse,
      { input: 'Hi' },
      { temperature: 0, max_output_tokens: 20, instructions: 'Be brief.' },
    ],
    ['messages', answerMessage, HI, { temperature: 0, max_tokens: 20, system: 'Be brief.', ...HI }],
  ])('goes out with %s, JSON and streamed', async (path, behaviour, request, expected) => {
    const llm = await start(settings);
    provider.always(behaviour);
    for (const stream of [false, true]) {
      const body = JSON.stringify({ ...request, stream });
      const response = await llm.fetch('chat')(`http://router/v1/${path}`, { method: 'POST', body });
      expect(await response.text()).toContain('there');
    }
    expect(provider.calls).toHaveLength(2);
    for (const { body } of provider.calls) expect(body).toMatchObject(expected);
  });

  test('is not what the one that rescues it brings along', async () => {
    const llm = await start({ ...settings, parametersMode: 'override' });
    provider.next((_request, response) => json(response, 404, {}));
    await llm.complete('chat', { ...HI, temperature: 1 });
    const [green, blue] = provider.calls;
    expect(green?.body).toMatchObject({ temperature: 0, max_tokens: 20 });
    expect(blue?.body).toEqual({ ...HI, model: 'm-blue', stream: false, temperature: 1 });
  });

  test('is in its tag', async () => {
    const { version } = await (await start(settings)).complete('chat', HI);
    expect(version).toMatch(/^m-1-[0-9a-f]{8}$/);
  });
});

describe('a limit on the cost of a request', () => {
  test('passes a request that is too dear on to the next environment, without a call', async () => {
    const llm = await start({ costLimitPerRequest: 10 }, { prices: PRICES });
    const answered = await llm.complete('chat', { ...HI, max_tokens: 11 });
    expect(answered).toMatchObject({ environment: 'blue', fallback: true });
    expect(answered.attempts).toMatchObject([{ environment: 'green', failure: 'budget' }, { environment: 'blue' }]);
    expect(provider.calls.map(({ body }) => body['model'])).toEqual(['m-blue']);
  });

  test('lets a cheaper one pass', async () => {
    const llm = await start({ costLimitPerRequest: 10 }, { prices: PRICES });
    expect(await llm.complete('chat', { ...HI, max_tokens: 5 })).toMatchObject({ environment: 'green' });
  });

  test('counts against nobody, and is told as 402 when nobody else is there', async () => {
    const llm = await start({ costLimitPerRequest: 10 }, { prices: PRICES, fallback: [], active: 'green' });
    const refused = llm.complete('chat', { ...HI, max_tokens: 11 });
    await expect(refused).rejects.toBeInstanceOf(UpstreamError);
    await expect(refused).rejects.toMatchObject({
      code: 'upstream_budget',
      status: 402,
    } satisfies Partial<BlueGreenError>);
    const summary = app!.get(Telemetry).total('chat', 'green', 'm-1');
    expect(summary).toMatchObject({ requests: 1, judged: 0, errorsByClass: { budget: 1 } });
    expect(provider.calls).toHaveLength(0);
  });

  test('has no effect without a known price, which is said at the start', async () => {
    const llm = await start({ costLimitPerRequest: 0.000_001 });
    expect(warn).toHaveBeenCalledWith(expect.stringMatching(/costLimitPerRequest of "green" has no effect/));
    expect(await llm.complete('chat', HI)).toMatchObject({ environment: 'green' });
  });
});

describe('the model that answers', () => {
  test('is counted when it is not the one configured', async () => {
    const llm = await start({});
    provider.next(named('m-1'), named('m-1-2026-01-31'), named('m-1-mini'));
    for (let n = 0; n < 3; n++) await llm.complete('chat', HI);
    expect(drift()).toBe(1);
    expect(warn.mock.calls).toEqual([
      [expect.stringMatching(/"green".* asks for model "m-1", and "m-1-mini" answers/)],
    ]);
  });

  test('is looked at in streams as well', async () => {
    const llm = await start({});
    provider.next(named('m-2'));
    const stream = llm.stream('chat', HI);
    for await (const chunk of stream) expect(chunk).toHaveProperty('text');
    expect(drift()).toBe(1);
  });

  test('that is pinned has to bear that very name', async () => {
    const llm = await start({ pinnedModel: 'm-1-2026-01-31' });
    provider.next(named('m-1-2026-01-31'), named('m-1-2026-02-28'), named('m-1'));
    for (let n = 0; n < 3; n++) await llm.complete('chat', HI);
    expect(drift()).toBe(2);
  });
});
