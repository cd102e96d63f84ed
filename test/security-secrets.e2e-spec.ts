import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { CONTROL_CONTROLLERS } from '../lib/http/control/controllers.js';
import { endpointsOf } from '../lib/http/openapi/endpoints.js';
import { answer, FakeProvider, json, type Behaviour } from './support/fake-provider.js';
import { RedisServer } from './support/redis.js';
import { secrets, Written } from './support/secret-keeper.js';

const APP = new URL('./support/secrets-app.js', import.meta.url).pathname;

/** What the configuration holds, and what callers and models say. */
const KEYS = secrets('blue', 'green', 'header', 'web', 'operator', 'cookie', 'session', 'webhookPath', 'stranger');
const SAID = secrets('prompt', 'answer', 'userId');
const WEBHOOK_SECRET = Buffer.from(secrets('webhook').webhook).toString('base64');

/** A provider that repeats all that it was told, whatever it answers. */
const tellsAll =
  (status: number, more: Record<string, string> = {}): Behaviour =>
  ({ headers, body }, response) =>
    json(response, status, { error: { message: JSON.stringify([headers, body]), code: 'x' } }, more);
const breaksOff: Behaviour = ({ headers }, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const event = { choices: [{ index: 0, delta: { content: SAID.answer } }] };
  response.end(`data: ${JSON.stringify(event)}\n\ndata: {"error": ${JSON.stringify(headers)}}\n\n`);
};
const nonsense: Behaviour = ({ headers }, response) => {
  response.writeHead(200, { 'content-type': 'application/json' }).end(`{${JSON.stringify(headers)}`);
};
const redirects: Behaviour = ({ headers }, response) => {
  response.writeHead(307, { location: `http://127.0.0.1:9/?${headers.authorization}` }).end();
};

let directory: string;
let provider: FakeProvider;
let receiver: Server;
let child: ChildProcess | undefined;
let written: Written;
let server: RedisServer | undefined;
let clients: readonly Redis[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'blue-green-secrets-'));
  provider = (await FakeProvider.start()).always(answer({ words: [SAID.answer] }));
  written = new Written();
  receiver = createServer((request, response) => {
    let text = JSON.stringify(request.headers);
    request.on('data', (chunk) => (text += String(chunk)));
    request.on('end', () => {
      written.add('webhook', text);
      response.writeHead(204).end();
    });
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
});
afterEach(async () => {
  child?.kill('SIGKILL');
  receiver.closeAllConnections();
  receiver.close();
  for (const client of clients) client.disconnect();
  await Promise.all([provider.stop(), server?.stop()]);
  await rm(directory, { recursive: true });
});

/** The app, as it says where it listens. */
async function start(journal: object): Promise<string> {
  const environment = (apiKey: string, weight: number) => ({
    model: 'm',
    baseUrl: provider.baseUrl,
    apiKey,
    weight,
    headers: { 'x-tenant': KEYS.header },
  });
  const options = {
    routes: {
      chat: {
        environments: {
          blue: { ...environment(KEYS.blue, 100), version: 'v1' },
          green: { ...environment(KEYS.green, 0), version: 'v2' },
        },
        stickiness: { cookie: { secret: KEYS.cookie } },
        shadow: { percentage: 100, file: join(directory, 'shadow.jsonl') },
      },
    },
    keys: [
      { name: 'web', key: KEYS.web, environments: ['green'] },
      { name: 'ops', key: KEYS.operator, scopes: ['read', 'operate'] },
    ],
    retry: { attempts: 1 },
    breaker: false,
    rollout: { preflight: { enabled: false } },
    shutdown: { drain: 0 },
    alerts: { webhooks: [{ url: hook(), secret: `whsec_${WEBHOOK_SECRET}` }] },
    gateway: true,
    controlApi: true,
    healthController: true,
    dashboard: { secret: KEYS.session },
    journal,
  };
  const env = { PATH: process.env['PATH'] ?? '', SECRETS_APP: JSON.stringify(options) };
  const app = spawn(process.execPath, ['--enable-source-maps', APP], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  child = app;
  app.stderr.on('data', (chunk: Buffer) => written.add('stderr', chunk));
  let out = '';
  return new Promise((resolve, reject) => {
    app.once('exit', () => reject(new Error(`the app has ended: ${out}`)));
    app.stdout.on('data', (chunk: Buffer) => {
      written.add('stdout', chunk);
      out += chunk.toString();
      const url = /listening at (\S+)/.exec(out)?.[1];
      if (url) resolve(url);
    });
  });
}

const hook = () => `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/${KEYS.webhookPath}`;

/** Everything that can be asked for and done, in good and in bad ways. */
async function live(url: string): Promise<void> {
  const ask = async (where: string, path: string, init: RequestInit = {}): Promise<Headers> => {
    const response = await fetch(url + path, init);
    const { status, headers } = response;
    written.add(`${where} ${path}`, `${status} ${JSON.stringify([...headers])} ${await response.text()}`);
    return headers;
  };
  const call = (body: object, headers: Record<string, string> = {}, path = '/v1/chat/completions') =>
    ask('gateway', path, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEYS.web}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ model: 'chat', messages: [{ role: 'user', content: SAID.prompt }], ...body }),
    });
  const operate = (method: string, path: string, body?: string) =>
    ask('control', path, {
      method,
      headers: { authorization: `Bearer ${KEYS.operator}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body }),
    });

  const events = operate('GET', '/v1/events').catch(() => undefined);
  await call({}, { 'x-user-id': SAID.userId });
  await call({ stream: true });
  for (const behaviour of [400, 401, 403, 404, 429, 500].map((status) => tellsAll(status, { 'retry-after': '0' }))) {
    provider.next(behaviour, behaviour);
    await call({}, { 'x-deployment-env': 'green' });
  }
  for (const behaviour of [breaksOff, nonsense, redirects]) {
    provider.next(behaviour, behaviour);
    await call({ stream: behaviour === breaksOff }, { 'x-deployment-env': 'green' });
  }
  await call({ n: { deep: SAID.prompt } }, { authorization: `Bearer ${KEYS.stranger}` });
  await call({ model: SAID.prompt.slice(2) }, { 'x-route-policy': 'purple' });
  await call({}, { 'x-deployment-env': 'blue' });
  await call({}, { 'content-type': 'text/plain' });

  await operate('POST', '/v1/rollouts/chat/start', '{"reason":"try"}');
  await operate('POST', '/v1/rollouts/chat/preflight', '{}');
  await operate('POST', '/v1/rollouts/chat/rollback', '{"reason":"enough"}');
  await operate('POST', '/v1/auth/validate', '{}');
  await operate('POST', '/v1/models/versions', `{"version_tag":"v-3","model":"m","parameters":{"seed":7}}`);
  await operate('POST', '/v1/models/versions', `{"api_key":"${KEYS.blue}","upstream_endpoint":7}`);
  await operate('PATCH', '/v1/routing/policy', `{"routing":{"strategy":"${SAID.prompt.slice(0, 4)}`);
  for (const { method, path } of endpointsOf(CONTROL_CONTROLLERS.map((controller) => ({ controller, path: 'v1' })))) {
    if (method !== 'get' || path.endsWith('/events')) continue;
    await operate('GET', path.replace(':route', 'chat').replace(':tag', 'v-3'));
  }
  for (const path of ['/health', '/health/ready', '/health/live', '/blue-green', '/nowhere']) await ask('open', path);

  const page = { 'x-blue-green-page': '1', 'content-type': 'application/json' };
  const login = (key: string) =>
    ask('dashboard', '/blue-green/session', { method: 'POST', headers: page, body: JSON.stringify({ key }) });
  await login(KEYS.stranger);
  const cookie = (await login(KEYS.operator)).get('set-cookie')!.split(';', 1)[0]!;
  for (const path of ['session', 'api/routes', 'api/status', 'api/audit', 'api/alerts', 'api/routes/chat/shadow']) {
    await ask('dashboard', `/blue-green/${path}`, { headers: { ...page, cookie } });
  }
  child!.kill('SIGTERM');
  await once(child!, 'exit');
  await events;
}

async function readFiles(): Promise<void> {
  for (const name of await readdir(directory)) written.add(`file ${name}`, await readFile(join(directory, name)));
}

/** The provider's words about a request that was the caller's mistake are for the caller. */
const isCallersOwn = (where: string): boolean => where.startsWith('gateway');

describe('of all that the process ever wrote, but for its calls to providers,', () => {
  test('nothing has a key, a prompt or an answer: standard output, files, webhooks, answers', async () => {
    await live(await start({ file: join(directory, 'journal.jsonl') }));
    await readFiles();
    const places = ['stdout', 'stderr', 'webhook', 'file', 'gateway', 'control', 'open', 'dashboard'];
    expect([...written.places].toSorted()).toEqual(places.toSorted());
    expect(written.found({ ...KEYS, webhook: WEBHOOK_SECRET })).toEqual([]);
    expect(written.found(SAID, isCallersOwn)).toEqual([]);
    // The search would find them: they did go to the provider.
    written.add('provider', JSON.stringify(provider.seen));
    expect(written.found({ blue: KEYS.blue, header: KEYS.header, prompt: SAID.prompt }, isCallersOwn)).toHaveLength(3);
  });

  test('nothing that went to Redis has one', async () => {
    server = await RedisServer.start();
    const client = new Redis(server.url);
    const monitor = await client.monitor();
    clients = [client, monitor];
    monitor.on('monitor', (_time: string, args: readonly string[]) => written.add('redis', args.join(' ')));
    await live(await start({ redis: server.url }));
    expect([...written.places]).toContain('redis');
    expect(written.found({ ...KEYS, webhook: WEBHOOK_SECRET })).toEqual([]);
    expect(written.found(SAID, isCallersOwn)).toEqual([]);
  });
});
