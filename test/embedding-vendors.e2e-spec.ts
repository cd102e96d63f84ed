import { createAmazonBedrock } from '@ai-sdk/amazon-bedrock';
import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { createVertex } from '@ai-sdk/google-vertex';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { OpenAIEmbeddings } from '@langchain/openai';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { embedMany } from 'ai';
import { LlmRouterService, RolloutService, type EmbeddingModelObject } from 'nestjs-blue-green';
import OpenAI from 'openai';
import { HealthMonitor } from '../lib/health/health-monitor.js';
import { enter, type Entrance, type Way } from './support/ways.js';
import { VectorVendors } from './support/vector-vendors.js';

const apiKey = 'k';
const bedrock = (baseURL: string) => createAmazonBedrock({ apiKey, region: 'us-east-1', baseURL });

/** By vendor: its model, how many texts it takes at once, and whether it tells its usage. */
const VENDORS: readonly [string, (origin: string) => EmbeddingModelObject, number, boolean][] = [
  [
    'Gemini',
    (origin) => createGoogleGenerativeAI({ apiKey, baseURL: origin }).embeddingModel('gemini-embedding-001'),
    100,
    false,
  ],
  ['Vertex', (origin) => createVertex({ apiKey, baseURL: origin }).embeddingModel('text-embedding-005'), 2_048, true],
  ['Titan on Bedrock', (origin) => bedrock(origin).embeddingModel('amazon.titan-embed-text-v2:0'), 1, true],
  ['Cohere on Bedrock', (origin) => bedrock(origin).embeddingModel('cohere.embed-multilingual-v3'), 96, false],
  [
    'an OpenAI-compatible one',
    (origin) => createOpenAICompatible({ name: 'vendor', apiKey, baseURL: origin }).embeddingModel('vendor-embed'),
    2_048,
    true,
  ],
];

let vendors: VectorVendors;
let entrance: Entrance;
const openai = () => new OpenAI({ ...entrance, baseURL: `${entrance.origin}/v1`, maxRetries: 0 });
const enterBefore = async (way: Way, environment: object) => {
  entrance = await enter(way, { environments: { green: { weight: 100, ...environment } } });
};

beforeAll(async () => {
  vendors = await VectorVendors.start();
});
afterAll(() => vendors.stop());
afterEach(() => {
  vendors.calls = [];
});

describe.each(VENDORS)('vectors of %s', (_name, modelAt, most, isCounted) => {
  beforeAll(() => enterBefore('the gateway on fastify', { embeddingModel: modelAt(vendors.origin) }));
  afterAll(() => entrance.app.close());

  test('reach OpenAI’s SDK, which asks for base64, in the order of their texts', async () => {
    const input = ['a', 'bbb', 'cc'];
    const { data, usage, model } = await openai().embeddings.create({ model: 'chat', input });
    expect(data.map(({ embedding, index }) => [index, embedding[0]])).toEqual([
      [0, 1],
      [1, 3],
      [2, 2],
    ]);
    expect(data[0]?.embedding).toHaveLength(4);
    expect(model).toBe('chat');
    if (isCounted) expect(usage).toEqual({ prompt_tokens: 6, total_tokens: 6 });
  });

  test('have the length that is asked for', async () => {
    const { data } = await openai().embeddings.create({
      model: 'chat',
      input: 'a',
      dimensions: 256,
      encoding_format: 'float',
    });
    expect(data[0]?.embedding).toHaveLength(256);
  });

  test('reach LangChain and the AI SDK, however many there are', async () => {
    const texts = Array.from({ length: 250 }, (_, n) => 'x'.repeat(n + 1));
    const lengths = texts.map(({ length }) => length);
    const langchain = new OpenAIEmbeddings({
      model: 'chat',
      apiKey: entrance.apiKey,
      configuration: { baseURL: `${entrance.origin}/v1` },
      maxRetries: 0,
      stripNewLines: false,
    });
    expect((await langchain.embedDocuments(texts)).map(([first]) => first)).toEqual(lengths);
    expect(vendors.calls).toHaveLength(Math.ceil(250 / most));
    const model = entrance.app.get(LlmRouterService).embeddingModel('chat');
    const { embeddings } = await embedMany({ model, values: texts });
    expect(embeddings.map(([first]) => first)).toEqual(lengths);
  });

  test('cannot be had of tokens, which only OpenAI’s models can read', async () => {
    const asked = openai().embeddings.create({ model: 'chat', input: [[1, 2, 3]] });
    await expect(asked).rejects.toMatchObject({
      status: 501,
      code: 'upstream_unsupported',
      message: expect.stringContaining('"input[0]"'),
    });
    expect(vendors.calls).toHaveLength(0);
  });
});

/** As a package of AI SDK 7 makes one, which has lengths of its own and no choice of them. */
const fixed = (): EmbeddingModelObject => ({
  specificationVersion: 'v4',
  provider: 'vendor.embedding',
  modelId: 'vendor-embed',
  maxEmbeddingsPerCall: Promise.resolve(2),
  supportsParallelCalls: false,
  doEmbed: ({ values }) =>
    Promise.resolve({ embeddings: values.map(({ length }) => [length, 1]), usage: { tokens: values.length } }),
});

describe('an embedding model of the fourth version', () => {
  beforeAll(() => enterBefore('fetch(alias)', { embeddingModel: fixed() }));
  afterAll(() => entrance.app.close());

  test('is asked as often as it has to be', async () => {
    const { data, usage } = await openai().embeddings.create({ model: 'chat', input: ['a', 'bb', 'ccc'] });
    expect(data.map(({ embedding }) => embedding[0])).toEqual([1, 2, 3]);
    expect(usage.prompt_tokens).toBe(3);
  });

  test('does not get away with vectors of another length than was asked for', async () => {
    const asked = openai().embeddings.create({ model: 'chat', input: 'a', dimensions: 3 });
    await expect(asked).rejects.toMatchObject({
      code: 'upstream_unsupported',
      message: expect.stringContaining('"dimensions"'),
    });
  });

  test('does not chat', async () => {
    const asked = openai().chat.completions.create({ model: 'chat', messages: [{ role: 'user', content: 'Hi' }] });
    await expect(asked).rejects.toMatchObject({ code: 'upstream_unsupported' });
  });

  test('is probed by one short text', async () => {
    expect(await entrance.app.get(HealthMonitor).ask('chat', 'green')).toMatchObject({ health: { status: 'up' } });
    expect(await entrance.app.get(RolloutService).preflight('chat', 'green')).toMatchObject({ canDeploy: true });
  });

  test('says which options of vendors it did without', async () => {
    const model = entrance.app.get(LlmRouterService).embeddingModel('chat');
    const providerOptions = { google: { taskType: 'CLUSTERING' }, openai: { user: 'u' } };
    expect(await model.doEmbed({ values: ['a'], providerOptions })).toMatchObject({
      warnings: [{ type: 'unsupported', feature: 'providerOptions.google' }],
    });
  });
});

test.each([
  ['vertex', 'text-embedding-005'],
  ['bedrock', 'amazon.titan-embed-text-v2:0'],
] as const)('%s by its name alone makes vectors as well', async (provider, model) => {
  process.env['AWS_ENDPOINT_URL'] = vendors.origin;
  process.env['AWS_REGION'] = 'us-east-1';
  process.env['GOOGLE_VERTEX_API_KEY'] = 'k';
  const base = provider === 'vertex' ? { baseUrl: vendors.origin } : { apiKey: 'k' };
  await enterBefore('fetch(alias)', { provider, model, ...base });
  const { data } = await openai().embeddings.create({ model: 'chat', input: ['a', 'bb'] });
  expect(data.map(({ embedding }) => embedding[0])).toEqual([1, 2]);
  await entrance.app.close();
});
