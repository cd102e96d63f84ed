import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import Anthropic from '@anthropic-ai/sdk';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { RolloutService } from 'nestjs-blue-green';
import OpenAI from 'openai';
import { HealthMonitor } from '../lib/health/health-monitor.js';
import { answer, fail, FakeProvider } from './support/fake-provider.js';
import { enter, WAYS, type Entrance } from './support/ways.js';

let vendor: FakeProvider;
let blue: FakeProvider;
let entrance: Entrance;

/** A model object of a package that knows nothing of us. */
const modelAt = (upstream: FakeProvider) =>
  createOpenAICompatible({ name: 'vendor', baseURL: upstream.baseUrl, apiKey: 'vendors-key' })('vendor-1');

const openai = () => new OpenAI({ ...entrance, baseURL: `${entrance.origin}/v1`, maxRetries: 0 });
const anthropic = () => new Anthropic({ ...entrance, baseURL: entrance.origin, maxRetries: 0 });
const messages = [{ role: 'user' as const, content: 'Where is my parcel?' }];

beforeAll(async () => {
  [vendor, blue] = await Promise.all([FakeProvider.start(), FakeProvider.start()]);
});

afterAll(() => Promise.all([vendor.stop(), blue.stop()]));

describe.each(WAYS)('an environment that is a model object, through %s,', (way) => {
  beforeAll(async () => {
    entrance = await enter(way, {
      environments: {
        green: { languageModel: modelAt(vendor), weight: 100 },
        blue: { baseUrl: blue.baseUrl, apiKey: 'k', model: 'gpt-4o' },
      },
      fallback: ['blue'],
    });
  });
  afterAll(() => entrance.app.close());
  afterEach(() => {
    vendor.reset();
    blue.reset();
  });

  test('answers a chat, a message and a response, under the name that was asked for', async () => {
    const chat = await openai().chat.completions.create({ model: 'chat', messages });
    const message = await anthropic().messages.create({ model: 'chat', max_tokens: 50, messages });
    const response = await openai().responses.create({ model: 'chat', input: 'Where is my parcel?' });
    expect(chat.choices[0]?.message.content).toBe('Hello there');
    expect(message).toMatchObject({ model: 'chat', stop_reason: 'end_turn', content: [{ text: 'Hello there' }] });
    expect(response).toMatchObject({ model: 'chat', status: 'completed', output_text: 'Hello there' });
    expect(vendor.calls.map(({ body }) => body['model'])).toEqual(['vendor-1', 'vendor-1', 'vendor-1']);
    expect(vendor.calls[1]?.body).toMatchObject({ max_tokens: 50, messages });
  });

  test('is told who asks, as every upstream is', async () => {
    await openai().chat.completions.create({ model: 'chat', messages });
    expect(vendor.calls[0]?.headers).toMatchObject({
      'x-deployment-env': 'green',
      authorization: 'Bearer vendors-key',
    });
  });

  test('streams in the format of its caller', async () => {
    const stream = anthropic().messages.stream({ model: 'chat', max_tokens: 50, messages });
    expect(await stream.finalText()).toBe('Hello there');
  });

  test('is asked again after a failure', async () => {
    vendor.next(fail(503));
    await expect(openai().chat.completions.create({ model: 'chat', messages })).resolves.toBeDefined();
    expect(vendor.calls).toHaveLength(2);
  });

  test('falls back to an upstream over HTTP, before a stream has begun', async () => {
    vendor.always(fail(500));
    blue.always(answer('From blue'));
    const stream = anthropic().messages.stream({ model: 'chat', max_tokens: 50, messages });
    expect(await stream.finalText()).toBe('From blue');
  });

  test('tells its caller of a mistake in the words of the vendor and the shape of the caller', async () => {
    vendor.always(fail(400, 'invalid_value'));
    blue.always(fail(400, 'invalid_value'));
    const refused = anthropic().messages.create({ model: 'chat', max_tokens: 50, messages });
    await expect(refused).rejects.toMatchObject({
      status: 400,
      error: { type: 'error', error: { type: 'invalid_request_error', message: 'provider says no' } },
    });
  });

  test('is not asked what it has no words for, and another environment answers', async () => {
    await openai().chat.completions.create({ model: 'chat', messages, n: 2 });
    expect([vendor.calls.length, blue.calls.length]).toEqual([0, 1]);
  });
});

describe('beside its calls, a model object', () => {
  beforeAll(async () => {
    const green = { languageModel: modelAt(vendor), weight: 0 };
    entrance = await enter('the gateway on express', {
      environments: { blue: { baseUrl: blue.baseUrl, apiKey: 'k', model: 'gpt-4o', weight: 100 }, green },
    });
  });
  afterAll(() => entrance.app.close());
  afterEach(() => {
    vendor.reset();
    blue.reset();
  });

  test('is asked for one token by pre-flight, and a bad key is found', async () => {
    vendor.always(fail(401));
    const report = await entrance.app.get(RolloutService).preflight('chat', 'green');
    expect(report).toMatchObject({ canDeploy: false });
    expect(report.checks.find(({ status }) => status === 'fail')).toMatchObject({ tier: 'key' });
    expect(vendor.calls[0]?.body).toMatchObject({ max_tokens: 1 });
  });

  test('is healthy when it answers', async () => {
    expect(await entrance.app.get(HealthMonitor).ask('chat', 'green')).toMatchObject({ health: { status: 'up' } });
    vendor.always(fail(401));
    expect(await entrance.app.get(HealthMonitor).ask('chat', 'green')).toMatchObject({
      health: { status: 'down', tier: 'key' },
    });
  });
});

test('a field that the version drops does not make it refuse the request', async () => {
  const { app, ...alone } = await enter('the gateway on express', {
    environments: { green: { languageModel: modelAt(vendor), weight: 100, parameters: { drop: ['logprobs'] } } },
  });
  const client = new OpenAI({ ...alone, baseURL: `${alone.origin}/v1`, maxRetries: 0 });
  await client.chat.completions.create({ model: 'chat', messages, logprobs: true });
  expect(vendor.calls).toHaveLength(1);
  expect(vendor.calls[0]?.body).not.toHaveProperty('drop');
  vendor.reset();
  await app.close();
});

test('with nobody to fall back on, the caller learns which field cannot be carried over', async () => {
  const { app, ...alone } = await enter('the gateway on express', {
    environments: { green: { languageModel: modelAt(vendor), weight: 100 } },
  });
  const client = new OpenAI({ ...alone, baseURL: `${alone.origin}/v1`, maxRetries: 0 });
  const asked = client.chat.completions.create({ model: 'chat', messages, logprobs: true });
  await expect(asked).rejects.toMatchObject({
    status: 501,
    code: 'upstream_unsupported',
    message: expect.stringContaining('"logprobs" cannot be carried over'),
  });
  expect(vendor.calls).toHaveLength(0);
  await app.close();
});
