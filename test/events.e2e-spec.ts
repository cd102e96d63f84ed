import type { INestApplication } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { RolloutService } from 'nestjs-blue-green';
import { ioredisConnection } from '../lib/redis/ioredis-connection.js';
import { ADAPTERS } from './support/app.js';
import { control, controlOptions, READER } from './support/control.js';
import { startGateway } from './support/gateway.js';
import { RedisServer } from './support/redis.js';
import { Stage, urlOf } from './support/stage.js';

const HEARTBEAT = 15_000;

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.open();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await stage.close();
});

/** A client of the events that reads when it is asked to. */
async function listen(app: INestApplication, lastEventId?: number | string) {
  const left = new AbortController();
  const response = await fetch(`${urlOf(app)}/v1/events`, {
    headers: {
      authorization: `Bearer ${READER}`,
      ...(lastEventId !== undefined && { 'last-event-id': String(lastEventId) }),
    },
    signal: left.signal,
  });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const revisions = () => [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
  /** Resolves when this revision has come, or the stream has ended. */
  const until = async (revision: number): Promise<readonly number[]> => {
    while (revisions().at(-1) !== revision) {
      const { value, done } = await reader.read();
      if (done) break;
      text += value;
    }
    return revisions();
  };
  return { until, leave: () => left.abort() };
}

const shift = (app: INestApplication, green: number, basis: string) =>
  app
    .get(RolloutService)
    .setTrafficWeights('chat', { blue: 100 - green, green }, { actor: 'system', reason: 'r', basis: { x: basis } });

const beginning = (app: INestApplication) => app.get(RolloutService).revision;
const upTo = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + 1 + n);

describe.each(ADAPTERS)('events on %s', (adapter) => {
  test.each(['abc', '-1', '1e3', '0x1', '1.5', '99999999999999999999', '900719925474099'])(
    'of a client whose Last-Event-ID is %s, which is none of ours, are what is new',
    async (id) => {
      const app = await startGateway(stage, adapter, { options: controlOptions });
      const { until, leave } = await listen(app, id);
      await shift(app, 5, 'y');
      const now = beginning(app);
      expect(await until(now)).toEqual([now]);
      leave();
    },
  );

  test('of hours ago come whole, to whoever reads them slowly, and then what is new', async () => {
    const app = await startGateway(stage, adapter, { options: controlOptions });
    const first = beginning(app);
    for (let n = 0; n < 600; n++) await shift(app, 1 + (n % 2), 'y'.repeat(5_000));
    const { until, leave } = await listen(app, first);
    await shift(app, 50, 'while they are sent');
    const last = beginning(app);
    expect(await until(last)).toEqual(upTo(first, last));
    await shift(app, 60, 'now');
    expect(await until(last + 1)).toEqual(upTo(first, last + 1));
    leave();
  });

  describe('of a fleet', () => {
    let redis: RedisServer;
    beforeEach(async () => {
      redis = await RedisServer.start();
    });
    afterEach(() => redis.stop());

    const start = () => startGateway(stage, adapter, { options: { ...controlOptions, journal: { redis: redis.url } } });

    test('cost no connection to Redis for each who listens', async () => {
      const app = await start();
      const raw = await ioredisConnection(redis.url);
      const connections = async () =>
        String(await raw.send('CLIENT', 'LIST'))
          .trim()
          .split('\n').length;
      const before = await connections();
      const clients = await Promise.all([1, 2, 3].map(() => listen(app)));
      const first = beginning(app);
      await shift(app, 10, 'x');
      for (const { until } of clients) expect(await until(first + 1)).toEqual([first + 1]);
      expect(await connections()).toBe(before);
      for (const { leave } of clients) leave();
      await raw.close();
    });

    test('end for whoever asks for those of the past while Redis is away, and nothing stays behind', async () => {
      const app = await start();
      await redis.kill();
      const beats = jest.spyOn(globalThis, 'setInterval');
      const { until } = await listen(app, 0);
      expect(await until(1)).toEqual([]);
      expect(beats.mock.calls.filter(([, every]) => every === HEARTBEAT)).toEqual([]);
    });

    test.each(['/audit', '/alerts', '/requests'])('and %s say that the journal is away', async (path) => {
      const app = await start();
      await redis.kill();
      const { status, json } = await control(app, 'GET', path);
      expect([status, json]).toMatchObject([503, { error: { code: 'journal_unavailable' } }]);
      expect(JSON.stringify(json)).toContain(`Redis at 127.0.0.1:${redis.port}: no connection`);
    });
  });
});
