import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import OpenAI from 'openai';
import { ended, runCli, startCli } from './support/cli.js';
import { answer, begin, chunk, fail, FakeProvider, finish } from './support/fake-provider.js';
import { ScriptedRedis } from './support/scripted-redis.js';

const KEY = 'a-key-of-the-gateway';
const PERSON = 'a-key-of-somebody-who-looks';
let provider: FakeProvider;
let folder: string;

beforeEach(async () => {
  provider = await FakeProvider.start();
  folder = mkdtempSync(join(tmpdir(), 'blue-green-'));
});
afterEach(async () => {
  await provider.stop();
  rmSync(folder, { recursive: true });
});

test('serve answers from a file, and by SIGTERM ends with 0 once the stream under way has finished', async () => {
  const config = join(folder, 'blue-green.yaml');
  writeFileSync(
    config,
    `relay:
  base_url: \${RELAY}
  api_key: relay-key
models:
  chat: gpt-4o
keys:
  - { name: web, key: ${KEY} }
  - { name: ada, key: ${PERSON}, scopes: [read] }
dashboard: true
shutdown: { drain: 0s }
`,
  );
  const args = ['serve', '--config', config, '--port', '0', '--host', '127.0.0.1', '--json'];
  const cli = startCli(args, { RELAY: provider.baseUrl });
  const over = ended(cli);
  const [line] = (await once(cli.stdout, 'data')) as [string];
  const { url } = JSON.parse(line) as { url: string };
  const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: KEY, maxRetries: 0 });
  const messages = [{ role: 'user' as const, content: 'Hi' }];

  const whole = await openai.chat.completions.create({ model: 'chat', messages });
  expect(whole.choices[0]!.message.content).toBe('Hello there');
  expect(provider.calls[0]!.headers.authorization).toBe('Bearer relay-key');

  // They are there, and not for a key that may only call models.
  const metrics = await fetch(`${url}/metrics/prometheus`, { headers: { authorization: `Bearer ${KEY}` } });
  expect(metrics.status).toBe(403);

  expect(await (await fetch(`${url}/blue-green`)).text()).toContain('<!doctype html>');
  const session = { method: 'POST', headers: { 'content-type': 'application/json', 'x-blue-green-page': '1' } };
  const login = (key: string) => fetch(`${url}/blue-green/session`, { ...session, body: JSON.stringify({ key }) });
  expect([(await login(PERSON)).status, (await login(KEY)).status]).toEqual([200, 403]);

  let finishStream: (() => void) | undefined;
  provider.next((_request, response) => {
    begin(response);
    response.write(chunk('gpt-4o', 'Hel'));
    finishStream = () => response.end(`${chunk('gpt-4o', 'lo')}${finish('gpt-4o')}data: [DONE]\n\n`);
  });
  const stream = await openai.chat.completions.create({ model: 'chat', messages, stream: true });
  let text = '';
  for await (const { choices } of stream) {
    if (text === '') {
      cli.kill('SIGTERM');
      finishStream?.();
    }
    text += choices[0]?.delta.content ?? '';
  }
  expect(text).toBe('Hello');
  expect((await over).code).toBe(0);
});

/** Serves half of the traffic by a green that fails, until so many calls were made. */
async function servedSplit(more: string, calls: number) {
  const config = join(folder, 'split.yaml');
  const keys = `keys:\n  - { name: ops, key: ${KEY}, scopes: [inference, read, operate] }\n`;
  const relay = 'relay: { base_url: "${RELAY}", api_key: relay-key, max_retries: 0 }\n';
  const models = 'models: { chat: gpt-4o }\nblue_green: { green: { model: broken } }\n';
  writeFileSync(config, `${relay}${models}${keys}shutdown: { drain: 0s }\n${more}`);
  provider.always((request, response) =>
    request.body['model'] === 'broken' ? fail(500)(request, response) : answer()(request, response),
  );
  const weights = ['--blue-weight=50', '--green-weight=50', '--monitor-interval=100ms'];
  const args = ['serve', '--config', config, ...weights, '--port', '0', '--host', '127.0.0.1', '--json'];
  const cli = startCli(args, { RELAY: provider.baseUrl });
  const over = ended(cli);
  const [line] = (await once(cli.stdout, 'data')) as [string];
  const { url } = JSON.parse(line) as { url: string };
  const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ model: 'chat', messages: [{ role: 'user', content: 'Hi' }] });
  for (let n = 0; n < calls; n++) await fetch(`${url}/v1/chat/completions`, { method: 'POST', headers, body });
  const read = async (path: string) =>
    ((await (await fetch(`${url}/v1${path}`, { headers })).json()) as { data: object[] }).data;
  const seen = { status: await read('/status'), alerts: await read('/alerts') };
  cli.kill('SIGTERM');
  await over;
  return seen;
}

test('serve takes a split back that it was started with, when one side of it fails', async () => {
  const { status, alerts } = await servedSplit('', 100);
  expect(status).toMatchObject([{ weights: { blue: 100, green: 0 } }]);
  expect(alerts).toMatchObject([{ type: 'rollback', actor: 'system', message: expect.stringContaining('"green"') }]);
});

test.each([
  ['leaves it, and tells of it, where the file says so', 'splitCheck: { autoRollback: false }\n', ['split_failing']],
  ['does nothing of the kind where the file says so', 'splitCheck: false\n', []],
])('serve %s', async (_what, more, types) => {
  const { status, alerts } = await servedSplit(more, 100);
  expect(status).toMatchObject([{ weights: { blue: 50, green: 50 } }]);
  expect(alerts).toMatchObject(types.map((type) => ({ type, severity: 'critical' })));
});

test('serve as a sidecar asks the upstream of each side with its own key, without a file', async () => {
  const env = {
    RELAY_BASE_URL: provider.baseUrl,
    HOLYSHEEP_BLUE_KEY: 'key-of-blue',
    HOLYSHEEP_GREEN_KEY: 'key-of-green',
    BLUE_MODEL: 'gpt-4o',
    GREEN_MODEL: 'gpt-4.1',
    BLUE_GREEN_KEY: KEY,
  };
  const flags = ['--mode=blue-green', '--blue-weight=85', '--green-weight=15', '--monitor-interval=30s'];
  const cli = startCli(['serve', ...flags, '--port', '0', '--host', '127.0.0.1', '--json'], env);
  const over = ended(cli);
  const [line] = (await once(cli.stdout, 'data')) as [string];
  const { url } = JSON.parse(line) as { url: string };
  const messages = [{ role: 'user' as const, content: 'Hi' }];
  for (const side of ['blue', 'green']) {
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: KEY, defaultHeaders: { 'X-Environment': side } });
    await client.chat.completions.create({ model: 'default', messages });
  }
  expect(provider.calls.map(({ body, headers }) => [body['model'], headers.authorization])).toEqual([
    ['gpt-4o', 'Bearer key-of-blue'],
    ['gpt-4.1', 'Bearer key-of-green'],
  ]);
  cli.kill('SIGKILL');
  await over;
});

test('serve waits for relay.timeout, in milliseconds, and asks again max_retries times', async () => {
  const config = join(folder, 'blue-green.yaml');
  writeFileSync(
    config,
    `relay: { base_url: ${provider.baseUrl}, api_key: relay-key, timeout: 1000, max_retries: 1 }
models: { chat: gpt-4o }
retry: { baseDelay: 1ms, budget: { perSecond: 100 } }
keys: [{ name: web, key: ${KEY} }]
shutdown: { drain: 0s }
`,
  );
  const cli = startCli(['serve', '--config', config, '--port', '0', '--host', '127.0.0.1', '--json']);
  const over = ended(cli);
  const [line] = (await once(cli.stdout, 'data')) as [string];
  const { url } = JSON.parse(line) as { url: string };
  const ask = () =>
    fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'chat', messages: [{ role: 'user', content: 'Hi' }] }),
    });
  provider.always(fail(500));
  expect((await ask()).status).toBe(502);
  expect(provider.calls).toHaveLength(2);

  // It never answers: only the limit ends this.
  provider.always(() => undefined);
  const begun = performance.now();
  expect((await ask()).status).toBe(504);
  expect(performance.now() - begun).toBeGreaterThanOrEqual(1_000);
  cli.kill('SIGTERM');
  await over;
});

test.each(['nobody listens', 'it refuses every command'])(
  'serve ends with 3 when its journal is in a Redis where %s',
  async (how) => {
    const redis = await ScriptedRedis.start(() => '-NOAUTH Authentication required.\r\n');
    const url = how === 'nobody listens' ? 'redis://127.0.0.1:9' : redis.url;
    const config = join(folder, 'blue-green.yaml');
    writeFileSync(
      config,
      `relay: { base_url: ${provider.baseUrl}, api_key: relay-key }
models: { chat: gpt-4o }
keys: [{ name: web, key: ${KEY} }]
journal: { redis: '${url}' }
`,
    );
    const { code, stdout } = await runCli(['serve', '--config', config, '--port', '0', '--json']);
    redis.stop();
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'journal_unavailable', remedy: expect.stringContaining('journal') },
    });
  },
);
