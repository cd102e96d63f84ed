import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ended, runCli, startCli, type CliProcess } from './support/cli.js';
import { FakeProvider } from './support/fake-provider.js';

/** 256 bits in base64url, whatever stands before them. */
const MADE = /[A-Za-z0-9_-]{43,}/g;

let provider: FakeProvider;
let folder: string;
let config: string;

beforeEach(async () => {
  provider = await FakeProvider.start();
  folder = mkdtempSync(join(tmpdir(), 'blue-green-'));
  config = join(folder, 'relay.yaml');
  writeFileSync(
    config,
    `relay: { base_url: ${provider.baseUrl}, api_key: relay-key }
models: { gpt_4: gpt-4o }
blue_green: { green: { weight: 0, enabled: true } }
shutdown: { drain: 0s }
`,
  );
});
afterEach(async () => {
  await provider.stop();
  rmSync(folder, { recursive: true });
});

/** The first match in what it says on any stream, as soon as it is there. */
function said(cli: CliProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    cli.once('close', () => reject(new Error(`serve ended: ${text}`)));
    for (const stream of [cli.stdout, cli.stderr]) {
      stream.on('data', (chunk: Buffer | string) => {
        text += chunk.toString();
        const [found] = pattern.exec(text) ?? [];
        if (found !== undefined) resolve(found);
      });
    }
  });
}

/** Its address, from the log or the document. */
const listening = (cli: CliProcess) => said(cli, /http:\/\/127\.0\.0\.1:\d+/);

const ask = (url: string, key: string, headers: Record<string, string> = {}, model = 'gpt_4') =>
  fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hi' }] }),
  });

test('serve without keys makes one, shows it once on stderr, and it opens everything', async () => {
  const cli = startCli(['serve', '--config', config, '--port', '0']);
  const over = ended(cli);
  const [url, key] = await Promise.all([listening(cli), said(cli, /bg_[\w-]{43}/)]);

  expect((await ask(url, 'a-key-that-no-one-made')).status).toBe(401);
  const answer = await ask(url, key, { 'x-deployment-env': 'green' });
  expect([answer.status, answer.headers.get('x-deployment-env')]).toEqual([200, 'green']);
  const env = { BLUE_GREEN_URL: `${url}/v1`, BLUE_GREEN_KEY: key };
  expect(await runCli(['traffic-shift', '--blue', '90', '--green', '10'], env)).toMatchObject({ code: 0 });

  cli.kill('SIGTERM');
  const { code, stdout, stderr } = await over;
  expect(code).toBe(0);
  expect([stdout.match(MADE), stderr.match(MADE)]).toEqual([null, [key]]);
});

test('a sidecar without a key is given one as well, and none where others could reach it', async () => {
  const env = { RELAY_BASE_URL: provider.baseUrl, RELAY_API_KEY: 'relay-key', BLUE_MODEL: 'gpt-4o' };
  const args = ['serve', '--mode=blue-green', '--blue-weight=85', '--green-weight=15', '--port', '0'];
  const cli = startCli(args, env);
  const over = ended(cli);
  const [url, key] = await Promise.all([listening(cli), said(cli, /bg_[\w-]{43}/)]);
  expect((await ask(url, key, {}, 'default')).status).toBe(200);
  expect((await ask(url, 'a-key-that-no-one-made', {}, 'default')).status).toBe(401);
  cli.kill('SIGTERM');
  expect(await over).toMatchObject({ code: 0 });

  const inKubernetes = await runCli(args, { ...env, KUBERNETES_SERVICE_HOST: '10.0.0.1' });
  expect([inKubernetes.code, inKubernetes.stderr]).toEqual([1, expect.stringContaining('set BLUE_GREEN_KEY')]);
});

test('with --json the key is shown nowhere, and the log says why nobody gets in', async () => {
  const cli = startCli(['serve', '--config', config, '--port', '0', '--json']);
  const over = ended(cli);
  const url = await listening(cli);
  expect((await fetch(`${url}/health/live`)).status).toBe(200);
  cli.kill('SIGTERM');
  const { code, stdout, stderr } = await over;
  expect(code).toBe(0);
  expect(`${stdout}${stderr}`).not.toMatch(MADE);
  expect(stderr).toContain('every call will be refused');
});

test.each([
  ['an address that others reach', ['--host', '0.0.0.0'], {}],
  ['production', [], { NODE_ENV: 'production' }],
  ['Kubernetes', [], { KUBERNETES_SERVICE_HOST: '10.0.0.1' }],
])('without keys serve does not start in %s, and validate says so before', async (_where, args, env) => {
  const served = await runCli(['serve', '--config', config, '--port', '0', ...args], env);
  expect([served.code, served.stdout]).toEqual([1, '']);
  expect(served.stderr).toContain('has no keys');
  const validated = await runCli(['validate', '--config', config, ...args], env);
  expect([validated.code, validated.stderr]).toEqual([1, served.stderr]);
});

test('validate notes what is always so, and what needs more to be what it is called', async () => {
  const shadow = '{ percentage: 5, comparisonMode: semantic, streaming: { pinConnections: true } }';
  appendFileSync(config, `shadow: ${shadow}\n`);
  const { code, stdout } = await runCli(['validate', '--config', config]);
  expect(code).toBe(0);
  expect(stdout).toContain('note: shadow.streaming.pinConnections is always so: a stream stays on');
  expect(stdout).toContain('note: shadow.comparisonMode compares words');
});

test('validate passes a file without keys, with a warning', async () => {
  const { code, stdout } = await runCli(['validate', '--config', config, '--host', '127.0.0.1']);
  expect([code, stdout]).toEqual([0, expect.stringContaining('warning: there are no keys')]);
  const { stdout: json } = await runCli(['validate', '--config', config, '--json']);
  expect(JSON.parse(json)).toMatchObject({ valid: true, config: { warnings: [expect.stringContaining('no keys')] } });
});
