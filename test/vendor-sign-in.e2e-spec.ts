import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import Anthropic from '@anthropic-ai/sdk';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import OpenAI from 'openai';
import { enter, type Entrance } from './support/ways.js';

interface Seen {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Answers of the cloud by path; the first that fits counts. */
const ANSWERS: readonly [RegExp, object][] = [
  [/^\/identity$/, { token: 'who-we-are' }],
  [
    /^\/sts$/,
    {
      access_token: 'short-lived',
      issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      token_type: 'Bearer',
      expires_in: 3_600,
    },
  ],
  [
    /:rawPredict$/,
    {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'claude-sonnet-4-5',
      content: [{ type: 'text', text: 'From Claude' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 9, output_tokens: 3 },
    },
  ],
  [
    /:generateContent$/,
    {
      candidates: [{ content: { role: 'model', parts: [{ text: 'From Gemini' }] }, finishReason: 'STOP' }],
      usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 3, totalTokenCount: 12 },
    },
  ],
  [
    /\/converse$/,
    {
      output: { message: { role: 'assistant', content: [{ text: 'From Bedrock' }] } },
      stopReason: 'end_turn',
      usage: { inputTokens: 9, outputTokens: 3, totalTokens: 12 },
    },
  ],
];

const seen: Seen[] = [];
let broken: { readonly path: RegExp; readonly status: number; readonly body: object } | undefined;
let cloud: Server;
let origin: string;
let folder: string;
const variables = { ...process.env };

beforeAll(async () => {
  cloud = createServer((request, response) => {
    void text(request).then((body) => {
      const path = decodeURIComponent(request.url ?? '');
      seen.push({ path, headers: request.headers, body });
      const [, answer] = ANSWERS.find(([known]) => known.test(path)) ?? [];
      const fails = broken?.path.test(path) ? broken : undefined;
      response.writeHead(fails?.status ?? (answer ? 200 : 404), { 'content-type': 'application/json' });
      response.end(JSON.stringify(fails?.body ?? answer ?? {}));
    });
  }).listen(0, '127.0.0.1');
  await once(cloud, 'listening');
  origin = `http://127.0.0.1:${(cloud.address() as AddressInfo).port}`;
  folder = mkdtempSync(join(tmpdir(), 'vendor-sign-in-'));
  const credentials = join(folder, 'workload.json');
  writeFileSync(credentials, JSON.stringify(workload()));
  Object.assign(process.env, {
    GOOGLE_APPLICATION_CREDENTIALS: credentials,
    GOOGLE_VERTEX_PROJECT: 'a-project',
    GOOGLE_VERTEX_LOCATION: 'europe-west1',
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'a-secret-of-the-tests',
  });
});

afterAll(() => {
  for (const name of Object.keys(process.env)) if (!(name in variables)) delete process.env[name];
  rmSync(folder, { recursive: true });
  cloud.close();
});

beforeEach(() => {
  seen.length = 0;
  broken = undefined;
});

/** Workload identity: a token of another cloud is exchanged for one of Google's (RFC 8693). */
function workload() {
  return {
    type: 'external_account',
    audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q',
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    token_url: `${origin}/sts`,
    credential_source: { url: `${origin}/identity`, format: { type: 'json', subject_token_field_name: 'token' } },
  };
}

const messages = [{ role: 'user' as const, content: 'Hi' }];
let entrance: Entrance | undefined;
afterEach(() => entrance?.app.close());

async function asked(environment: object) {
  entrance = await enter('the gateway on fastify', { environments: { green: { weight: 100, ...environment } } });
  const client = new OpenAI({ ...entrance, baseURL: `${entrance.origin}/v1`, maxRetries: 0 });
  return client.chat.completions.create({ model: 'chat', messages });
}

const vertex = (model: string) => ({ provider: 'vertex' as const, model, baseUrl: `${origin}/models` });

describe('Vertex by its name alone', () => {
  test.each([
    ['gemini-2.5-flash', 'From Gemini', ':generateContent'],
    ['claude-sonnet-4-5@20250929', 'From Claude', ':rawPredict'],
  ])('asks %s with a token that was exchanged for our identity', async (model, said, verb) => {
    const base = model.startsWith('claude') ? {} : { baseUrl: origin };
    const { choices, usage } = await asked({ ...vertex(model), ...base });
    expect(choices[0]?.message.content).toBe(said);
    expect(usage).toMatchObject({ prompt_tokens: 9, completion_tokens: 3 });
    const [identity, exchange, call] = seen;
    expect(identity?.path).toBe('/identity');
    expect(exchange?.path).toBe('/sts');
    expect(new URLSearchParams(exchange?.body).get('subject_token')).toBe('who-we-are');
    expect(call?.path).toBe(`/models/${model}${verb}`);
    expect(call?.headers.authorization).toBe('Bearer short-lived');
    // Claude on Vertex has its version in the body, and its model in the address.
    if (model.startsWith('claude')) {
      const body = JSON.parse(call!.body) as object;
      expect(body).toMatchObject({ anthropic_version: 'vertex-2023-10-16' });
      expect(body).not.toHaveProperty('model');
    }
  });

  test('is also asked by callers of Anthropic’s format', async () => {
    await asked(vertex('claude-sonnet-4-5'));
    const client = new Anthropic({ ...entrance!, baseURL: entrance!.origin, maxRetries: 0 });
    const { content } = await client.messages.create({ model: 'chat', max_tokens: 50, messages });
    expect(content).toMatchObject([{ type: 'text', text: 'From Claude' }]);
    // One token is good for an hour of calls.
    expect(seen.filter(({ path }) => path === '/sts')).toHaveLength(1);
  });

  test.each<[string, NonNullable<typeof broken>, string]>([
    [
      'an identity that is refused',
      { path: /sts/, status: 400, body: { error: 'invalid_grant', error_description: 'no such pool' } },
      'upstream_auth',
    ],
    [
      'an account without the permission',
      {
        path: /rawPredict/,
        status: 403,
        body: [{ error: { code: 403, status: 'PERMISSION_DENIED', message: 'Permission denied on resource' } }],
      },
      'upstream_auth',
    ],
    [
      'a model that is not there',
      {
        path: /rawPredict/,
        status: 404,
        body: [{ error: { code: 404, status: 'NOT_FOUND', message: 'Publisher Model was not found' } }],
      },
      'upstream_not_found',
    ],
    [
      'a quota of the project',
      {
        path: /rawPredict/,
        status: 429,
        body: [{ error: { code: 429, status: 'RESOURCE_EXHAUSTED', message: 'Quota exceeded' } }],
      },
      'upstream_rate_limited',
    ],
  ])('%s', async (_what, fault, code) => {
    broken = fault;
    await expect(asked(vertex('claude-sonnet-4-5'))).rejects.toMatchObject({ code });
  });
});

describe('Bedrock by its name alone', () => {
  test('is asked with signed calls', async () => {
    const model = 'anthropic.claude-sonnet-4-5-20250929-v1:0';
    const { choices } = await asked({ provider: 'bedrock', model, baseUrl: origin });
    expect(choices[0]?.message.content).toBe('From Bedrock');
    expect(seen[0]?.path).toBe(`/model/${model}/converse`);
    expect(seen[0]?.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/.*\/eu-central-1\/bedrock\//,
    );
  });

  test('is asked with a key for its own format, where there is no address', async () => {
    process.env['AWS_ENDPOINT_URL'] = origin;
    await asked({ provider: 'bedrock', model: 'meta.llama4', apiKey: 'bedrock-key' });
    expect(seen[0]?.headers.authorization).toBe('Bearer bedrock-key');
    delete process.env['AWS_ENDPOINT_URL'];
  });

  test('says that its key is missing', async () => {
    delete process.env['AWS_ACCESS_KEY_ID'];
    await expect(asked({ provider: 'bedrock', model: 'm', baseUrl: origin })).rejects.toMatchObject({
      code: 'upstream_auth',
    });
    expect(seen).toHaveLength(0);
  });
});
