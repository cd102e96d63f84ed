import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { INestApplication } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  JOURNAL,
  LlmRouterService,
  RolloutService,
  Telemetry,
  type BlueGreenOptions,
  type Journal,
  type JournalEntry,
} from 'nestjs-blue-green';
import { advanceRollout } from '../lib/domain/stage-commands.js';
import { CommandBus } from '../lib/rollout/command-bus.js';
import { StateStore } from '../lib/rollout/state-store.js';
import { FleetFigures } from '../lib/telemetry/fleet-figures.js';
import { blueGreen, startApp } from './support/app.js';
import { FakeProvider } from './support/fake-provider.js';
import { RedisServer } from './support/redis.js';
import { REQUEST } from './support/sending.js';

const SCHEDULE = { steps: [10, 50].map((setWeight) => ({ setWeight, duration: '1h' })) };
const KEY = 'sk-a-secret-of-green';

let stops: (() => unknown)[];
let first: FakeProvider;
let second: FakeProvider;

beforeEach(async () => {
  [first, second] = await Promise.all([FakeProvider.start(), FakeProvider.start()]);
  stops = [() => first.stop(), () => second.stop()];
});
afterEach(async () => {
  for (const stop of stops.toReversed()) await stop();
});

interface Green {
  readonly baseUrl?: string;
  readonly apiKey?: string;
  readonly headers?: Record<string, string>;
}

async function start(journal: BlueGreenOptions['journal'], green: Green = {}): Promise<INestApplication> {
  const blue = { model: 'm', baseUrl: first.baseUrl, apiKey: 'k', weight: 100 };
  const environments = { blue, green: { model: 'm', baseUrl: first.baseUrl, apiKey: KEY, ...green } };
  const app = await startApp({ module: blueGreen({ alias: 'chat', environments, journal, scheduler: false }) });
  stops.push(() => app.close());
  return app;
}

const route = (app: INestApplication) => app.get(StateStore).route('chat');
const rollout = (app: INestApplication) => app.get(RolloutService).status('chat').rollout!;
const entries = async (app: INestApplication): Promise<JournalEntry[]> => {
  const all: JournalEntry[] = [];
  for await (const entry of app.get<Journal>(JOURNAL).read(1)) all.push(entry);
  return all;
};

const call = (app: INestApplication, user: string) =>
  app.get(LlmRouterService).complete('chat', REQUEST, { key: user });

/** At 50%. */
async function rolling(app: INestApplication): Promise<void> {
  await app.get(RolloutService).start('chat', { schedule: SCHEDULE });
  await app.get(CommandBus).execute('chat', advanceRollout, { actor: 'ada' });
  expect(rollout(app)).toMatchObject({ phase: { name: 'Progressing', step: 1 } });
}

describe('An environment that a restart finds in mid-rollout', () => {
  let file: string;
  beforeEach(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'blue-green-addresses-'));
    stops.push(() => rm(folder, { recursive: true }));
    file = join(folder, 'journal.jsonl');
  });

  const restarted = async (app: INestApplication, green: Green = {}): Promise<INestApplication> => {
    await app.close();
    return start({ file }, green);
  };

  test.each([
    ['another address', () => ({ baseUrl: second.baseUrl })],
    ['another key', () => ({ apiKey: 'sk-another' })],
    ['another key in a header', () => ({ headers: { 'X-Api-Key': 'another' } })],
  ])('with %s: the rollout begins again, as with another version', async (_what, green) => {
    const before = await start({ file });
    await rolling(before);
    const { epoch, rollout: running } = route(before);
    const after = await restarted(before, green());
    expect(rollout(after)).toMatchObject({ id: running!.id, phase: { name: 'Progressing', step: 0 } });
    expect(route(after).epoch).toBeGreaterThan(epoch);
    const reason = 'new options, environments.green has another address or key';
    expect((await entries(after)).slice(-2)).toMatchObject([
      { type: 'AddressesChanged', reason },
      { type: 'StepEntered', reason },
    ]);
    const again = await restarted(after, green());
    expect(again.get(RolloutService).revision).toBe(route(after).segment);
  });

  test.each([
    ['as it was', {}],
    ['with another label', { headers: { 'X-Release': '2' } }],
  ])('%s: the rollout goes on', async (_what, green) => {
    const before = await start({ file });
    await rolling(before);
    const { revision } = before.get(RolloutService);
    const after = await restarted(before, green);
    expect(after.get(RolloutService).revision).toBe(revision);
    expect(rollout(after)).toMatchObject({ phase: { name: 'Progressing', step: 1 } });
  });

  test('leaves neither its address nor its key in the journal, nor a hash of them', async () => {
    const app = await start({ file });
    await rolling(app);
    const after = await restarted(app, { apiKey: 'sk-another' });
    await after.close();
    const text = await readFile(file, 'utf8');
    expect(text).toContain('"addresses"');
    for (const secret of [KEY, 'sk-another', first.baseUrl]) {
      expect(text).not.toContain(secret);
      for (const encoding of ['hex', 'base64url'] as const)
        expect(text).not.toContain(createHash('sha256').update(secret).digest(encoding).slice(0, 12));
    }
  });
});

describe('A fleet with one replica that has another key', () => {
  test('counts only the requests that go where the newest options say', async () => {
    const redis = await RedisServer.start();
    stops.unshift(() => redis.stop());
    const old = await start({ redis: redis.url });
    await rolling(old);
    const fresh = await start({ redis: redis.url }, { baseUrl: second.baseUrl });
    await old.get(StateStore).reached(fresh.get(RolloutService).revision);
    expect(rollout(old)).toMatchObject({ phase: { name: 'Progressing', step: 0 } });

    const counted = async (): Promise<number> => {
      for (const app of [old, fresh]) await app.get(FleetFigures).exchange();
      const { epoch, segment } = route(fresh);
      return fresh.get(Telemetry).evidence('chat', 'blue', epoch, segment, Date.now()).judgedInSegment;
    };
    for (let n = 0; n < 20; n++) await call(old, `old-${n}`);
    expect(await counted()).toBe(0);
    for (let n = 0; n < 20; n++) await call(fresh, `new-${n}`);
    expect(await counted()).toBeGreaterThan(10);
  });
});
