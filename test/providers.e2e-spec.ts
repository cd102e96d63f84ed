import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { BlueGreenHealthIndicator, LlmRouterService, type BlueGreenOptions } from 'nestjs-blue-green';
import { blueGreen, startApp } from './support/app.js';
import { answerEmbedding, answerMessage, answerResponse } from './support/dialect-answers.js';
import { answer, FakeProvider, type Behaviour } from './support/fake-provider.js';

type Environments = Extract<BlueGreenOptions, { environments: unknown }>['environments'];
type Environment = Environments[string];

let green: FakeProvider;
let blue: FakeProvider;
let app: INestApplication | undefined;

beforeAll(async () => {
  [green, blue] = await Promise.all([FakeProvider.start(), FakeProvider.start()]);
});

beforeEach(() => {
  green.reset();
  blue.reset();
});

afterEach(() => app?.close());
afterAll(() => Promise.all([green.stop(), blue.stop()]));

/** A route with all of its traffic on this green, and a blue that speaks everything. */
async function start(environment: Partial<Environment>): Promise<void> {
  const environments: Environments = {
    green: { model: 'm-1', baseUrl: green.baseUrl, apiKey: 'secret', ...environment, weight: 100 },
    blue: { model: 'm-1', baseUrl: blue.baseUrl, apiKey: 'blue-key' },
  };
  app = await startApp({ module: blueGreen({ alias: 'chat', environments, fallback: ['blue'] }) });
}

function send(path: string, body: Record<string, unknown> = {}, headers: Record<string, string> = {}) {
  const init = { method: 'POST', headers, body: JSON.stringify({ messages: [], input: 'Hi', ...body }) };
  return app!.get(LlmRouterService).fetch('chat')(`http://router/v1/${path}`, init);
}

const CHAT = ['chat/completions', answer()] as const;
const RESPONSES = ['responses', answerResponse] as const;
const EMBEDDINGS = ['embeddings', answerEmbedding([1])] as const;
const MESSAGES = ['messages', answerMessage] as const;
const bearer = { authorization: 'Bearer secret' };

test.each<[NonNullable<Environment['provider']> | undefined, readonly [string, Behaviour], string, object]>([
  [undefined, CHAT, '/v1/chat/completions', bearer],
  [undefined, RESPONSES, '/v1/responses', bearer],
  [undefined, EMBEDDINGS, '/v1/embeddings', bearer],
  [undefined, MESSAGES, '/v1/messages', { 'x-api-key': 'secret', 'anthropic-version': '2023-06-01' }],
  ['anthropic', MESSAGES, '/v1/messages', { 'x-api-key': 'secret' }],
  ['azure-openai', CHAT, '/v1/chat/completions', { 'api-key': 'secret' }],
  ['deepseek', MESSAGES, '/v1/anthropic/v1/messages', { 'x-api-key': 'secret' }],
  ['openrouter', MESSAGES, '/v1/messages', bearer],
])('%s is asked where and as it wants to be (%#)', async (provider, [path, behaviour], upstreamPath, headers) => {
  await start({ provider });
  green.always(behaviour);
  expect((await send(path)).status).toBe(200);
  expect(green.calls[0]?.path).toBe(upstreamPath);
  expect(green.calls[0]?.headers).toMatchObject(headers);
  const keys = ['authorization', 'x-api-key', 'api-key'].filter((name) => name in green.calls[0]!.headers);
  expect(keys).toHaveLength(1);
});

test('Anthropic is asked in its own format by callers of another: the one that it offers for OpenAI’s leaves out much', async () => {
  await start({ provider: 'anthropic' });
  green.always(answerMessage);
  const messages = [{ role: 'user', content: 'Hi' }];
  const response = await send('chat/completions', { messages, input: undefined });
  expect(await response.json()).toMatchObject({ choices: [{ finish_reason: 'stop' }] });
  expect(green.calls[0]?.path).toBe('/v1/messages');
});

test('an environment whose provider has nothing like the format passes the request on without a call', async () => {
  await start({ provider: 'anthropic' });
  blue.always(answerEmbedding([1]));
  const response = await send('embeddings');
  expect(response.status).toBe(200);
  expect(response.headers.get('x-deployment-env')).toBe('blue');
  expect(green.calls).toHaveLength(0);
});

test('when nobody has anything like the format, the error says whose provider does not', async () => {
  const only = { provider: 'anthropic', model: 'm-1', baseUrl: green.baseUrl, apiKey: 'secret', weight: 100 } as const;
  app = await startApp({ module: blueGreen({ alias: 'chat', environments: { blue: only } }) });
  const response = await send('embeddings');
  expect(response.status).toBe(501);
  expect(await response.json()).toMatchObject({
    error: {
      code: 'upstream_unsupported',
      message: expect.stringMatching(/"anthropic" does not speak openai-embeddings/),
    },
  });
});

test('an upstream without a key is sent none', async () => {
  await start({ provider: 'ollama', apiKey: undefined });
  await send('chat/completions', {}, { authorization: 'Bearer of-the-caller', 'x-api-key': 'of-the-caller' });
  expect(green.calls[0]?.headers).not.toHaveProperty('authorization');
  expect(green.calls[0]?.headers).not.toHaveProperty('x-api-key');
});

test('the query of a base URL goes with every call', async () => {
  await start({ provider: 'azure-openai', baseUrl: `${green.baseUrl}?api-version=2024-10-21` });
  await send('chat/completions');
  expect(green.calls[0]?.path).toBe('/v1/chat/completions?api-version=2024-10-21');
});

test("what the environment and the caller say of the format both reach the upstream, and nothing else of the caller's", async () => {
  await start({ headers: { 'Anthropic-Beta': 'context-1m', 'Anthropic-Version': '2024-01-01' } });
  green.always(answerMessage);
  await send('messages', {}, { 'anthropic-beta': 'files-api', cookie: 'session=1', 'openai-beta': 'x' });
  const { headers } = green.calls[0]!;
  expect(headers).toMatchObject({ 'anthropic-beta': 'context-1m,files-api', 'anthropic-version': '2024-01-01' });
  expect(headers).not.toHaveProperty('cookie');
  expect(headers).not.toHaveProperty('openai-beta');
});

test.each([
  ['anthropic', '/v1/models?limit=1000', { 'x-api-key': 'secret', 'anthropic-version': '2023-06-01' }],
  ['azure-openai', '/v1/models', { 'api-key': 'secret' }],
  ['openai', '/v1/models', bearer],
] as const)('a probe asks %s for its models with its own headers', async (provider, path, headers) => {
  await start({ provider });
  green.models = ['m-1-20250101'];
  const result = await app!.get(BlueGreenHealthIndicator).environment('chat', 'green', 'green');
  expect(result.green.status).toBe('up');
  expect(green.seen[0]).toMatchObject({ method: 'GET', path, headers });
});
