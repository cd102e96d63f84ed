import type { INestApplication } from '@nestjs/common';
import { afterEach, expect, test } from '@jest/globals';
import { RolloutService } from 'nestjs-blue-green';
import { StateStore } from '../lib/rollout/state-store.js';
import { blueGreen, startApp } from './support/app.js';
import { blueAndGreen } from './support/environments.js';
import { FakeProvider } from './support/fake-provider.js';
import { Link } from './support/link.js';
import { RedisServer } from './support/redis.js';

let stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.toReversed()) await stop();
  stops = [];
});

const UNKNOWN = { code: 'journal_unavailable' };
const SCHEDULE = { steps: [{ setWeight: 50, duration: '1h' }], preflight: false };

const start = (rollouts: RolloutService) => rollouts.start('chat', { actor: 'ada', schedule: SCHEDULE });

test('A replica that is cut off never says that there is nothing to do: it cannot know', async () => {
  const [redis, provider] = await Promise.all([RedisServer.start(), FakeProvider.start()]);
  const link = await Link.to(redis.port);
  stops.push(
    () => redis.stop(),
    () => provider.stop(),
    () => link.stop(),
  );
  const replica = async (url: string): Promise<INestApplication> => {
    const options = { alias: 'chat', environments: blueAndGreen(provider), journal: { redis: url }, scheduler: false };
    const app = await startApp({ module: blueGreen(options) });
    stops.push(() => app.close());
    return app;
  };
  const one = await replica(redis.url);
  const two = await replica(`redis://127.0.0.1:${link.near}`);
  const [here, cutOff] = [one.get(RolloutService), two.get(RolloutService)];
  const caughtUp = () => two.get(StateStore).reached(here.revision);

  await start(here);
  await caughtUp();
  expect((await start(cutOff)).rollout?.phase.name).toBe('Progressing');
  link.cut();
  await here.rollback('chat', { actor: 'ada' });
  await expect(start(cutOff)).rejects.toMatchObject(UNKNOWN);

  link.open();
  await caughtUp();
  link.cut();
  await start(here);
  await expect(cutOff.rollback('chat', { actor: 'ada' })).rejects.toMatchObject(UNKNOWN);
  link.open();
}, 60_000);
