import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { blueGreen, startApp } from './support/app.js';
import { FakeProvider } from './support/fake-provider.js';
import { enter, GATEWAY_KEY, WAYS, type Entrance } from './support/ways.js';

const messages = [{ role: 'user' as const, content: 'Hi' }];
const ask = { model: 'chat', messages };

let provider: FakeProvider;
beforeAll(async () => (provider = await FakeProvider.start()));
afterAll(() => provider.stop());

const blue = () => ({
  model: 'model-2026-01-01',
  version: 'v1',
  baseUrl: provider.baseUrl,
  apiKey: 'key',
  weight: 100,
});

async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of stream) items.push(item);
  return items;
}

describe.each(WAYS)('the model of an answer, through %s,', (way) => {
  let entrance: Entrance;
  let openai: OpenAI;
  let anthropic: Anthropic;

  beforeAll(async () => {
    entrance = await enter(way, { environments: { blue: blue() } });
    openai = new OpenAI({ ...entrance, baseURL: `${entrance.origin}/v1` });
    anthropic = new Anthropic({ ...entrance, baseURL: entrance.origin });
  });
  afterAll(() => entrance.app.close());

  test.each<[string, () => Promise<{ model: string }>]>([
    ['a chat', () => openai.chat.completions.create(ask)],
    ['a message', () => anthropic.messages.create({ ...ask, max_tokens: 9 })],
    ['a streamed message', () => anthropic.messages.stream({ ...ask, max_tokens: 9 }).finalMessage()],
    ['a response', () => openai.responses.create({ model: 'chat', input: 'Hi' })],
    ['a streamed response', () => openai.responses.stream({ model: 'chat', input: 'Hi' }).finalResponse()],
    ['embeddings', () => openai.embeddings.create({ model: 'chat', input: 'Hi', encoding_format: 'float' })],
  ])('is the name that the caller sent: %s', async (_what, call) => {
    expect(await call()).toMatchObject({ model: 'chat' });
  });

  test('is that name in every chunk of a streamed chat', async () => {
    const chunks = await all(await openai.chat.completions.create({ ...ask, stream: true }));
    expect(new Set(chunks.map(({ model }) => model))).toEqual(new Set(['chat']));
  });

  test('stands in a header as the provider names it', async () => {
    const whole = await openai.chat.completions.create(ask).asResponse();
    expect(whole.headers.get('x-upstream-model')).toBe('model-2026-01-01');
    const streamed = await openai.chat.completions.create({ ...ask, stream: true }).asResponse();
    expect(streamed.headers.get('x-upstream-model')).toBe('model-2026-01-01');
    expect(streamed.headers.get('x-model-version')).toBe('v1');
    await streamed.text();
  });
});

test("is the provider's own with answerModel: 'upstream'", async () => {
  const keys = [{ name: 'tests', key: GATEWAY_KEY }];
  const shared = { alias: 'chat', environments: { blue: blue() }, keys, gateway: true };
  const app = await startApp({ module: blueGreen({ ...shared, answerModel: 'upstream' }) });
  try {
    const openai = new OpenAI({ apiKey: GATEWAY_KEY, baseURL: `${await app.getUrl()}/v1` });
    expect((await openai.chat.completions.create(ask)).model).toBe('model-2026-01-01');
    const [chunk] = await all(await openai.chat.completions.create({ ...ask, stream: true }));
    expect(chunk?.model).toBe('model-2026-01-01');
  } finally {
    await app.close();
  }
});
