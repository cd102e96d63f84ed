import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger, type INestApplication } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { AlertService, RolloutService, type BlueGreenOptions } from 'nestjs-blue-green';
import { ADAPTERS, blueGreen, startApp, type Adapter } from './support/app.js';
import { RedisServer } from './support/redis.js';

let folder: string;
let file: string;
let lines: string[];
const apps: INestApplication[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'blue-green-start-'));
  file = join(folder, 'journal.jsonl');
  lines = [];
  for (const level of ['log', 'warn', 'error'] as const) {
    jest
      .spyOn(Logger.prototype, level)
      .mockImplementation((line: unknown) => void lines.push(`${level}: ${String(line)}`));
  }
});
afterEach(async () => {
  jest.restoreAllMocks();
  await Promise.all(apps.splice(0).map((app) => app.close()));
  rmSync(folder, { recursive: true });
});

const slot = (model: string, weight: number) => ({ model, baseUrl: 'http://127.0.0.1:9/v1', apiKey: 'k', weight });
const environments = { blue: slot('m-1', 100), green: slot('m-2', 0) };

async function start(options: object = {}, adapter: Adapter = 'express'): Promise<INestApplication> {
  lines = [];
  const one = { alias: 'chat', environments, journal: { file } };
  const all = 'routes' in options ? options : { ...one, ...options };
  const app = await startApp({ adapter, module: blueGreen(all as BlueGreenOptions) });
  apps.push(app);
  return app;
}

async function end(app: INestApplication): Promise<void> {
  apps.splice(apps.indexOf(app), 1);
  await app.close();
}

const about = (part: string): string[] => lines.filter((line) => line.includes(part));

describe.each(ADAPTERS)('At a start, on %s', (adapter) => {
  test('the log says where the journal is, how traffic is split, which environment is live and what runs', async () => {
    const app = await start({}, adapter);
    expect(about('The journal is')).toEqual([`log: The journal is in ${file}, at revision 1.`]);
    expect(about('Route "chat"')).toEqual(['log: Route "chat": blue, live: 100% m-1; green: 0% m-2. No rollout runs.']);
    await app.get(RolloutService).start('chat', { actor: 'ada', schedule: { preflight: false } });
    await app.get(RolloutService).pause('chat', { actor: 'ada' });
    await end(app);

    await start({}, adapter);
    expect(about('Route "chat": blue')).toEqual([
      expect.stringMatching(
        /^log: Route "chat": blue, live: 95% m-1; green: 5% m-2\. A rollout from "blue" to "green" runs since \d{4}-.*Z: Paused \(Manual\), step 1 of \d+, at 5%\.$/,
      ),
    ]);
  });

  test('a rollout that a deploy ends is one alert and one warning, which name the option', async () => {
    const app = await start({}, adapter);
    await app.get(RolloutService).start('chat', { actor: 'ada', schedule: { preflight: false } });
    await end(app);

    const next = await start({ environments: { blue: slot('m-1', 100), green: slot('m-3', 0) } }, adapter);
    const message =
      'Route "chat": new options ended the rollout, applied by system: new options, environments.green.version.tag is "m-3", ' +
      'was "m-2"; environments.green.version.model is "m-3", was "m-2"';
    expect(about('new options ended')).toEqual([`warn: ${message}`]);
    expect(await next.get(AlertService).recent({ limit: 1 })).toMatchObject([
      { type: 'rollback', severity: 'warning', actor: 'system', message },
    ]);
    expect(about('have changed')).toEqual([expect.stringMatching(/^log: The options of route "chat" have changed: /)]);
  });

  test('options that the journal overrides are one warning with their paths, both values and a remedy', async () => {
    const app = await start({}, adapter);
    await app.get(RolloutService).setTrafficWeights('chat', { blue: 70, green: 30 }, { actor: 'ada' });
    await end(app);

    await start({}, adapter);
    expect(about('do not hold')).toEqual([
      'warn: Options of route "chat" do not hold, the journal knows of later changes: ' +
        'environments.blue.weight is 100, in force is 70; environments.green.weight is 0, in force is 30. ' +
        'Move traffic with blue-green shift, POST /routes/traffic or a rollout, or write into the options what is in force.',
    ]);
  });
});

test('a thousand routes are twenty lines and how many more there are', async () => {
  const routes = Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`route-${n}`, { environments }]));
  const app = await start({ routes });
  expect([about('Route "').length, about('… and').length]).toEqual([20, 1]);
  expect(about('… and')).toEqual(['log: … and 980 more routes.']);
  await end(app);
});

describe('A process that is one of several', () => {
  const MARK = 'NODE_APP_INSTANCE';
  afterEach(() => void delete process.env[MARK]);

  test('is warned of a journal in memory', async () => {
    process.env[MARK] = '2';
    await start({ journal: undefined });
    expect(about('one of several')).toEqual([
      expect.stringMatching(
        /^warn: .*\(NODE_APP_INSTANCE is "2"\), and its journal is in memory: .*Set journal\.redis/,
      ),
    ]);
    expect(about('The journal is in memory')).toHaveLength(1);
  });

  test('is not, with a journal on the disk or alone', async () => {
    await start({ journal: undefined });
    expect(about('one of several')).toEqual([]);
    process.env[MARK] = '2';
    await start();
    expect(about('one of several')).toEqual([]);
  });
});

test('The log has the address of a Redis, and neither user nor password', async () => {
  const server = await RedisServer.start('--requirepass', 'a-password');
  const { port } = server;
  for (const redis of [`redis://:a-password@127.0.0.1:${port}`, { host: '127.0.0.1', port, password: 'a-password' }]) {
    await end(await start({ journal: { redis } }));
    expect(about('The journal is')).toEqual([
      `log: The journal is in Redis at 127.0.0.1:${port}, prefix {blue-green}:, at revision 1.`,
    ]);
    expect(about('a-password')).toEqual([]);
  }
  await server.stop();
});
