import { beforeAll, expect, test } from '@jest/globals';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FakeProvider } from './support/fake-provider.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PACKAGE = join(ROOT, 'package');
const MB = 1_000_000;
const KEY = 'a-key-of-the-gateway';

beforeAll(() => {
  execFileSync(process.execPath, [join(ROOT, 'build/package.mjs')]);
});

const isClass = (value: unknown) => typeof value === 'function' && String(value).startsWith('class');

const manifest = (path: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as Record<string, unknown>;

test('The published package has what is needed and nothing else, in a few modules and no more than 1.5 MB', () => {
  const pack = ['pack', './package', '--dry-run', '--json', '--ignore-scripts'];
  const out = execFileSync('npm', pack, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const [{ files, size, unpackedSize }] = JSON.parse(out) as [
    { files: { path: string; size: number }[]; size: number; unpackedSize: number },
  ];
  const paths = files.map(({ path }) => path);
  const needed =
    /^(dist\/lib\/.+\.(js|d\.ts|css)|(package|schematics)\.json|docs\/.+\.(md|json|yaml|svg)|docs\/images\/dashboard-light\.png|(README|CHANGELOG|CONTRIBUTING|SECURITY)\.md|LICENSE)$/;
  const forTests = /\.(spec|contract)\./;
  expect(paths.filter((path) => !needed.test(path) || forTests.test(path))).toEqual([]);
  const entries = [
    'dist/lib/index.js',
    'dist/lib/index.d.ts',
    'dist/lib/testing/index.d.ts',
    'dist/lib/cli/main.js',
    'dist/lib/schematics/nest-add.js',
    'dist/lib/dashboard/assets/app.js',
  ];
  expect(paths).toEqual(expect.arrayContaining(entries));
  const links = [...readFileSync(join(ROOT, 'README.md'), 'utf8').matchAll(/\]\(([\w./-]+\.(?:md|json|yaml))[)#]/g)];
  expect(links.map(([, path]) => path).filter((path) => !paths.includes(path!))).toEqual([]);
  expect(paths.filter((path) => path.endsWith('.js')).length).toBeLessThanOrEqual(30);
  expect(size).toBeLessThanOrEqual(1.5 * MB);
  expect(unpackedSize).toBeLessThanOrEqual(4 * MB);
  // Files take whole blocks of a disk.
  const onDisk = files.reduce((sum, file) => sum + 4_096 * Math.ceil(file.size / 4_096), 0);
  expect(onDisk).toBeLessThanOrEqual(5 * MB);
});

test('The published package asks for what the repository does, without what only development needs', () => {
  const published = manifest(PACKAGE);
  expect(Object.keys(published)).not.toEqual(expect.arrayContaining(['scripts']));
  const { scripts: _scripts, devDependencies: _dev, overrides: _overrides, ...ours } = manifest(ROOT);
  expect(published).toEqual(ours);
});

test.each(['index.js', 'testing/index.js'])('The published %s exports the same, by the same names', async (path) => {
  const exportsOf = (folder: string) => import(join(folder, 'dist/lib', path)) as Promise<Record<string, unknown>>;
  // One after the other: Jest loads a package that both need twice, and fails.
  const built = await exportsOf(ROOT);
  const published = await exportsOf(PACKAGE);
  expect(Object.keys(published).toSorted()).toEqual(Object.keys(built).toSorted());
  const named = Object.entries(published).filter(([, value]) => isClass(value));
  expect(named.length).toBeGreaterThan(path === 'index.js' ? 20 : 0);
  expect(named.map(([, value]) => (value as { name: string }).name)).toEqual(named.map(([name]) => name));
});

test('The published command serves calls, its page and its OpenAPI document, by workers too', async () => {
  const provider = await FakeProvider.start();
  const folder = mkdtempSync(join(tmpdir(), 'blue-green-'));
  const config = join(folder, 'blue-green.yaml');
  writeFileSync(
    config,
    `relay: { base_url: ${provider.baseUrl}, api_key: relay-key }
models: { chat: gpt-4o }
keys: [{ name: ops, key: ${KEY}, scopes: [inference, read] }]
shutdown: { drain: 0s }
dashboard: true`,
  );
  const args = ['serve', '--config', config, '--port', '0', '--host', '127.0.0.1', '--workers', '2', '--json'];
  const cli = spawn(process.execPath, [join(PACKAGE, 'dist/lib/cli/main.js'), ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const over = once(cli, 'exit');
  const [line] = (await once(cli.stdout, 'data')) as [Buffer];
  const { url } = JSON.parse(String(line)) as { url: string };
  const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ model: 'chat', messages: [{ role: 'user', content: 'Hi' }] });
  const answer = await fetch(`${url}/v1/chat/completions`, { method: 'POST', headers, body });
  expect(await answer.json()).toMatchObject({ choices: [{ message: { content: 'Hello there' } }] });
  expect(await (await fetch(`${url}/blue-green`)).text()).toContain('<!doctype html>');
  const document = await fetch(`${url}/v1/openapi.json`, { headers });
  expect(await document.json()).toMatchObject({ openapi: expect.stringContaining('3.') });
  cli.kill('SIGTERM');
  expect((await over)[0]).toBe(0);
  await provider.stop();
  rmSync(folder, { recursive: true });
});
