import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ended, runCli, startCli, type CliProcess, type CliRun } from './support/cli.js';
import { begin, chunk, FakeProvider, finish } from './support/fake-provider.js';
import { RedisServer } from './support/redis.js';

const KEY = 'a-key-of-the-gateway';
const COST = 0.0002;
const HEADERS = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json', connection: 'close' };

let provider: FakeProvider;
let folder: string;
let cli: CliProcess;
let over: Promise<CliRun>;
let url: string;
let redis: RedisServer | undefined;

beforeEach(async () => {
  provider = await FakeProvider.start();
  folder = mkdtempSync(join(tmpdir(), 'blue-green-'));
});
afterEach(async () => {
  cli.kill('SIGTERM');
  await over;
  await redis?.stop();
  redis = undefined;
  await provider.stop();
  rmSync(folder, { recursive: true });
});

function configured(more: string): string {
  const config = join(folder, 'blue-green.yaml');
  writeFileSync(
    config,
    `relay: { base_url: ${provider.baseUrl}, api_key: relay-key, max_retries: 0 }
models: { chat: model-blue }
blue_green: { green: { model: model-green } }
prices: { model-blue: { input: 0, output: 20 }, model-green: { input: 0, output: 20 } }
keys: [{ name: ops, key: ${KEY}, scopes: [inference, read, operate] }]
shutdown: { drain: 0s }
${more}`,
  );
  return config;
}

async function start(more = ''): Promise<void> {
  const args = ['--workers', '2', '--port', '0', '--host', '127.0.0.1', '--json'];
  cli = startCli(['serve', '--config', configured(more), ...args]);
  over = ended(cli);
  const [line] = (await once(cli.stdout, 'data')) as [string];
  const document = JSON.parse(line) as { url: string; workers: number };
  expect(document.workers).toBe(2);
  ({ url } = document);
}

/** Every request is a connection of its own: they go to the workers in turn. */
const request = (path: string, body?: object, method = body ? 'POST' : 'GET') =>
  fetch(`${url}${path}`, { method, headers: HEADERS, ...(body && { body: JSON.stringify(body) }) });
const call = (more: object = {}) =>
  request('/v1/chat/completions', { model: 'chat', messages: [{ role: 'user', content: 'Hi' }], ...more });

async function read<T>(path: string): Promise<T> {
  const response = await request(path);
  expect(response.status).toBe(200);
  return (await response.json()) as T;
}

/** Asks until the answer is as expected: figures reach the other workers with the next exchange. */
async function eventually<T>(ask: () => Promise<T>, isAsExpected: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (isAsExpected(answer)) return answer;
  }
}

const workersOf = (pid: number | undefined): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);

async function requestsCounted(): Promise<number> {
  const { data } = await read<{ data: { request_count: number }[] }>('/v1/metrics/versions');
  return data.reduce((sum, { request_count: count }) => sum + count, 0);
}

async function weightOfGreen(): Promise<number> {
  const { data } = await read<{ data: { weights: { green: number } }[] }>('/v1/status');
  return data[0]!.weights.green;
}

/** The workers in a scrape that have answered calls, and how many all of them have. */
async function answeredBy(): Promise<{ workers: string[]; answers: number }> {
  const text = await (await request('/metrics/prometheus')).text();
  const lines = text.split('\n').filter((line) => line.startsWith('blue_green_responses_total{'));
  const workers = new Set(lines.map((line) => /worker="(\d)"/.exec(line)![1]!));
  return {
    workers: [...workers].toSorted((a, b) => Number(a) - Number(b)),
    answers: lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0),
  };
}

describe('serve --workers 2', () => {
  test('is one gateway: a change, figures, a budget and a scrape are those of both workers', async () => {
    await start(`budget: { perMonthUsd: ${10 * COST} }\nretry: { attempts: 1 }`);
    expect(workersOf(cli.pid)).toHaveLength(2);

    const answers = await Promise.all(Array.from({ length: 64 }, () => call({ max_tokens: 10 })));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(10);
    expect(provider.calls).toHaveLength(10);

    for (let n = 0; n < 4; n++) {
      const budgets = await read<{ data: object[] }>('/v1/budgets');
      expect(budgets.data).toMatchObject([{ spent: 10 * COST }]);
    }
    for (let n = 0; n < 4; n++) await eventually(requestsCounted, (count) => count === 64);

    expect(await answeredBy()).toEqual({ workers: ['1', '2'], answers: 64 });

    const moved = await request('/v1/rollouts/chat/shift', { target: 'green', increment: 10, reason: 'by hand' });
    expect(moved.status).toBe(200);
    for (let n = 0; n < 4; n++) await eventually(weightOfGreen, (weight) => weight === 10);
  });

  test('loses the streams of a killed worker alone, starts it again, and drains both at the end', async () => {
    await start();
    const finishing: (() => void)[] = [];
    provider.always((_request, response) => {
      begin(response);
      response.write(chunk('model-blue', 'Hel'));
      finishing.push(() => response.end(`${chunk('model-blue', 'lo')}${finish('model-blue')}data: [DONE]\n\n`));
    });
    const streams = await Promise.all([call({ stream: true }), call({ stream: true })]);
    const before = workersOf(cli.pid);
    const log = gatheredFrom(cli);
    process.kill(before[0]!, 'SIGKILL');
    await log.until('Worker 1 ended with SIGKILL');
    for (const finishOne of finishing) finishOne();
    const texts = await Promise.all(streams.map((stream) => stream.text().catch(() => 'cut')));
    expect(texts.filter((text) => text.includes('[DONE]'))).toHaveLength(1);

    await log.until('Worker 1 takes calls again.');
    const after = workersOf(cli.pid);
    expect(after).toHaveLength(2);
    expect(after).toContain(before[1]);

    finishing.length = 0;
    const last = await Promise.all([call({ stream: true }), call({ stream: true })]);
    cli.kill('SIGTERM');
    await log.until('SIGTERM: the workers end');
    for (const finishOne of finishing) finishOne();
    for (const stream of last) expect(await stream.text()).toContain('[DONE]');
    expect((await over).code).toBe(0);
  });

  test('keeps a journal file that another start takes up, and holds it against a second serve', async () => {
    const file = `journal: { file: ${join(folder, 'journal.log')} }`;
    await start(file);
    expect(
      (await request('/v1/rollouts/chat/shift', { target: 'green', increment: 30, reason: 'by hand' })).status,
    ).toBe(200);
    const second = await runCli(['serve', '--config', configured(file), '--workers', '2', '--port', '0']);
    expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining('journal.log') });
    cli.kill('SIGTERM');
    expect((await over).code).toBe(0);
    await start(file);
    const { data } = await read<{ data: object[] }>('/v1/status');
    expect(data).toMatchObject([{ weights: { blue: 70, green: 30 } }]);
  });

  test('has a replica in each worker where the journal is in Redis', async () => {
    redis = await RedisServer.start();
    await start(`journal: { redis: '${redis.url}' }\nbudget: { perMonthUsd: ${10 * COST} }\nretry: { attempts: 1 }`);
    const answers = await Promise.all(Array.from({ length: 32 }, () => call({ max_tokens: 10 })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
    expect(await answeredBy()).toEqual({ workers: ['1', '2'], answers: 32 });
    cli.kill('SIGTERM');
    expect((await over).code).toBe(0);
  });
});

test('serve says once that the port is taken, and what a number of workers is', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const args = ['serve', '--config', configured(''), '--port', String(port), '--host', '127.0.0.1', '--workers'];
  cli = startCli([...args, '2']);
  over = ended(cli);
  const { code, stderr } = await over;
  taken.close();
  expect([code, stderr.match(/Cannot listen on/g)?.length]).toEqual([1, 1]);
  for (const wrong of ['x', '1000']) {
    const run = await runCli([...args, wrong]);
    expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining('is not a number of workers') });
  }
});

/** Waits for what the process says on stderr. */
function gatheredFrom({ stderr }: CliProcess) {
  let text = '';
  let wake: (() => void) | undefined;
  stderr.on('data', (more: string) => {
    text += more;
    wake?.();
  });
  return {
    until: async (words: string) => {
      while (!text.includes(words)) await new Promise<void>((resolve) => (wake = resolve));
    },
  };
}
