import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { RolloutService, type BlueGreenOptions } from 'nestjs-blue-green';
import { blueAndGreen } from './support/environments.js';
import { sdkFor, startGateway } from './support/gateway.js';
import { Organizations } from './support/organizations.js';
import { RedisServer } from './support/redis.js';
import { Stage } from './support/stage.js';

type Options = Partial<Extract<BlueGreenOptions, { routes: unknown }>>;

let stage: Stage;
let orgs: Organizations;
let redis: RedisServer;
let folder: string;

beforeEach(async () => {
  [stage, redis, folder] = await Promise.all([
    Stage.open(),
    RedisServer.start(),
    mkdtemp(join(tmpdir(), 'blue-green-secret-')),
  ]);
  orgs = new Organizations();
  stage.provider.always(orgs.behaviour);
});
afterEach(async () => {
  await stage.close();
  await Promise.all([redis.stop(), rm(folder, { recursive: true })]);
});

/** A replica whose providers have keys of its own: nothing about it is the same but the journal's home. */
async function replica(suffix: string, options: Options) {
  const { blue, green } = blueAndGreen(stage.provider, 100);
  const environments = {
    blue: { ...blue, apiKey: `${blue.apiKey}-${suffix}` },
    green: { ...green, apiKey: `${green.apiKey}-${suffix}` },
  };
  return startGateway(stage, 'express', { options: { routes: { chat: { environments } }, ...options } });
}

const HOMES: readonly (readonly [string, () => Options])[] = [
  ['Redis', () => ({ journal: { redis: redis.url } })],
  ['a file', () => ({ journal: { file: join(folder, 'journal') } })],
  ['the secret of the cookie', () => ({ stickiness: { cookie: { secret: 'a-secret-of-sixteen' } } })],
];

test.each(HOMES)('a new key of a provider breaks no conversation: %s has the secret of its stamps', async (_, home) => {
  const before = await replica('old', home());
  const sdk = sdkFor(before, { maxRetries: 0 });
  const { id } = await sdk.responses.create({ model: 'chat', input: 'Hi' });
  if (home().journal?.file !== undefined) await before.close();
  const after = await replica('new', home());
  await after.get(RolloutService).setTrafficWeights('chat', { blue: 100, green: 0 });
  const next = await sdkFor(after, { maxRetries: 0 }).responses.create({
    model: 'chat',
    input: 'Hi',
    previous_response_id: id,
  });
  expect([next.output_text, orgs.refused]).toEqual(['from green', 0]);
});

test('the file of the secret is for its owner alone', async () => {
  await replica('old', { journal: { file: join(folder, 'journal') } });
  const { mode } = await stat(join(folder, 'journal.secret'));
  expect(mode & 0o777).toBe(0o600);
});
