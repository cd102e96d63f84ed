import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { INestApplication } from '@nestjs/common';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { RolloutService, type BlueGreenOptions } from 'nestjs-blue-green';
import { blueGreen, startApp } from './support/app.js';
import { blueAndGreen } from './support/environments.js';
import { FakeProvider } from './support/fake-provider.js';
import { RedisServer } from './support/redis.js';

let stops: (() => unknown)[];
let redis: RedisServer;
let provider: FakeProvider;

beforeEach(async () => {
  [redis, provider] = await Promise.all([RedisServer.start(), FakeProvider.start()]);
  stops = [() => redis.stop(), () => provider.stop()];
});
afterEach(async () => {
  jest.restoreAllMocks();
  for (const stop of stops.toReversed()) await stop();
});

async function start(journal: Omit<NonNullable<BlueGreenOptions['journal']>, 'redis'> = {}): Promise<INestApplication> {
  const options = { alias: 'chat', environments: blueAndGreen(provider), journal: { redis: redis.url, ...journal } };
  const app = await startApp({ module: blueGreen(options) });
  stops.push(() => app.close());
  return app;
}

/** From a folder with this `package.json`, or without one. */
async function startIn(name: string | undefined): Promise<INestApplication> {
  const folder = await mkdtemp(join(tmpdir(), 'blue-green-app-'));
  stops.push(() => rm(folder, { recursive: true }));
  if (name !== undefined) await writeFile(join(folder, 'package.json'), JSON.stringify({ name }));
  const cwd = jest.spyOn(process, 'cwd').mockReturnValue(folder);
  return start().finally(() => cwd.mockRestore());
}

test('Another app on the prefix is refused with both names, and changes nothing', async () => {
  const shop = await start({ app: 'shop' });
  const { revision } = shop.get(RolloutService);
  await expect(start({ app: 'support' })).rejects.toThrow(
    /journal\.prefix belongs to the app "shop", and this one is "support"/,
  );
  await start({ app: 'shop' });
  expect(shop.get(RolloutService).revision).toBe(revision);
  await start({ app: 'support', prefix: '{support}:' });
});

test('Apps are told apart by their packages, if nobody names them', async () => {
  await startIn('@acme/shop');
  await startIn('@acme/shop');
  await expect(startIn('support')).rejects.toThrow(/"@acme\/shop", and this one is "support"/);
  await startIn(undefined);
});

test('A journal of a release without names belongs to the first app that starts on it', async () => {
  const before = await startIn(undefined);
  await before.get(RolloutService).setTrafficWeights('chat', { blue: 60, green: 40 }, { actor: 'ada' });
  const client = new Redis(redis.url);
  stops.push(() => client.disconnect());
  expect(await client.get('{blue-green}:app')).toBeNull();
  const shop = await start({ app: 'shop' });
  expect(shop.get(RolloutService).status('chat').weights).toMatchObject({ blue: 60, green: 40 });
  await expect(start({ app: 'support' })).rejects.toThrow('"shop"');
});
