import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { FakeProvider } from './support/fake-provider.js';

const ROOT = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8');

let provider: FakeProvider;

beforeAll(async () => {
  provider = await FakeProvider.start();
  provider.models = ['gpt-4o', 'gpt-4.1'];
});

afterAll(() => provider.stop());

test("README's first example is the quick start of the sample app, word for word", () => {
  const [, example] = /```ts\n(.*?)```/s.exec(read('README.md')) ?? [];
  expect(example).toBe(read('sample-app/quick-start.ts'));
});

test('the quick start answers', async () => {
  const env = { ...process.env, PORT: '0', OPENAI_BASE_URL: provider.baseUrl, OPENAI_API_KEY: 'key' };
  const app = spawn(process.execPath, ['dist/sample-app/quick-start.js'], { cwd: ROOT, env });
  try {
    const url = await urlFrom(app.stdout);
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ message: 'Hi' }),
    });
    expect(await response.json()).toEqual({ content: 'Hello there' });
    expect(['blue', 'green']).toContain(response.headers.get('x-deployment-env'));
    const health = await fetch(new URL('/health', url));
    expect([health.status, await health.json()]).toMatchObject([200, { status: 'ok' }]);
  } finally {
    app.kill();
    await once(app, 'exit');
  }
});

async function urlFrom(output: Readable): Promise<string> {
  for await (const line of createInterface(output)) {
    const [, url] = /^POST (\S+)$/.exec(line) ?? [];
    if (url !== undefined) return url.replace('[::1]', 'localhost');
  }
  throw new Error('the app ended before it listened');
}
