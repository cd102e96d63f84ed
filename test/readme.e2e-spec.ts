import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { FakeProvider } from './support/fake-provider.js';

const ROOT = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8');

let provider: FakeProvider;

beforeAll(async () => {
  provider = await FakeProvider.start();
});

afterAll(() => provider.stop());

test("README's first example is the quick start of the sample app, word for word", () => {
  const [, example] = /```ts\n(.*?)```/s.exec(read('README.md')) ?? [];
  expect(example).toBe(read('sample-app/quick-start.ts'));
});

test('the quick start answers', async () => {
  const port = await freePort();
  const env = { ...process.env, PORT: String(port), OPENAI_BASE_URL: provider.baseUrl, OPENAI_API_KEY: 'key' };
  const app = spawn(process.execPath, ['dist/sample-app/quick-start.js'], { cwd: ROOT, env });
  try {
    for await (const line of createInterface(app.stdout)) if (line.includes('successfully started')) break;
    const response = await fetch(`http://127.0.0.1:${port}/chat`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ message: 'Hi' }),
    });
    const answer = (await response.json()) as { content: string; environment: string };
    expect(answer.content).toBe('Hello there');
    expect(['blue', 'green']).toContain(answer.environment);
  } finally {
    app.kill();
    await once(app, 'exit');
  }
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
