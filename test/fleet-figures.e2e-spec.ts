import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { MemoryJournal } from 'nestjs-blue-green';
import type { RedisConnection } from '../lib/redis/redis-connection.js';
import { MemoryFigures } from '../lib/telemetry/memory-figures.js';
import { RedisFigures } from '../lib/telemetry/redis-figures.js';
import type { RolloutInput } from '../lib/schedule/rollout-input.js';
import type { FigureStore } from '../lib/telemetry/figure-store.js';
import { FakeClock } from './support/fake-clock.js';
import { exchanged, Member, WINDOW } from './support/fleet.js';
import { observation, unitsCounted } from './support/observations.js';
import { RedisServer } from './support/redis.js';
import { Replica } from './support/rollouts.js';

const HOUR = 3_600_000;
const failed = { outcome: 'server_error', unit: 7 } as const;
const five = (count: number) => [count, count, count, count, count];

let server: RedisServer;
let client: Redis;
beforeAll(async () => {
  server = await RedisServer.start();
  client = new Redis(server.url);
});
afterAll(async () => {
  client.disconnect();
  await server.stop();
});

interface Home extends FigureStore {
  empty(): Promise<void>;
}

function redisHome(): Home {
  const connection: RedisConnection = {
    send: (command, ...args) => client.call(command, ...args.map(String)),
    duplicate: () => connection,
    close: () => Promise.resolve(),
  };
  const figures = new RedisFigures(connection, { window: WINDOW });
  return {
    exchange: (report, cursor) => figures.exchange(report, cursor),
    empty: async () => void (await client.flushall()),
  };
}

function memoryHome(): Home {
  const clock = new FakeClock(Date.UTC(2026, 5, 1));
  let figures = new MemoryFigures(clock, WINDOW);
  return {
    exchange: (report, cursor) => figures.exchange(report, cursor),
    // As after a restart of the process that has them.
    empty: () => Promise.resolve(void (figures = new MemoryFigures(clock, WINDOW))),
  };
}

const homes: Readonly<Record<string, () => Home>> = {
  memory: memoryHome,
  Redis: redisHome,
};

describe.each(Object.keys(homes))('figures that replicas share in %s', (name) => {
  let home: Home;
  let a: Member;
  let b: Member;
  beforeEach(async () => {
    home = homes[name]!();
    await home.empty();
    [a, b] = [new Member(home), new Member(home)];
    // As at the start of an app: before the first request.
    await exchanged(a, b);
  });

  test('are the sums of what each has seen', async () => {
    a.sees(3);
    b.sees(4, { outcome: 'timeout', latency: 900 });
    expect([a.counts, b.counts]).toEqual([five(3), five(4)]);
    await exchanged(a, b);
    expect([a.counts, b.counts]).toEqual([five(7), five(7)]);
    const { errors, errorsByClass, latency } = a.telemetry.total('chat', 'green', 'v2');
    expect([errors, errorsByClass, latency.count, latency.mean]).toEqual([4, { timeout: 4 }, 7, 3900 / 7]);
    expect(latency.quantile(0.9)).toBe(b.telemetry.total('chat', 'green', 'v2').latency.quantile(0.9));
  });

  test('count what is seen while an exchange is under way once', async () => {
    a.sees(1);
    const exchanging = a.fleet.exchange();
    a.sees(1);
    await exchanging;
    await exchanged(a, b);
    expect([a.counts[0], b.counts[0]]).toEqual([2, 2]);
  });

  test('are not doubled when an answer is lost and the report is handed in again', async () => {
    a.sees(3);
    a.way.state = 'losesAnswers';
    await a.fleet.exchange();
    a.sees(2);
    await a.fleet.exchange();
    expect(a.counts).toEqual(five(5));
    a.way.state = 'open';
    await exchanged(a, b);
    expect([a.counts, b.counts]).toEqual([five(5), five(5)]);
  });

  test('go on without the store from what was known, and are complete when it is back', async () => {
    a.sees(1);
    b.sees(1);
    await exchanged(a, b);
    a.way.state = 'cut';
    a.sees(10);
    b.sees(20);
    await exchanged(a, b);
    expect([a.counts, b.counts]).toEqual([five(12), five(22)]);
    a.way.state = 'open';
    await exchanged(a, b);
    expect([a.counts, b.counts]).toEqual([five(32), five(32)]);
  });

  test('are all there for a replica that comes later', async () => {
    a.sees(6);
    await exchanged(a);
    const late = new Member(home);
    await late.fleet.onApplicationBootstrap();
    expect(late.counts).toEqual(five(6));
    await late.fleet.onApplicationShutdown();
  });

  test('begin again when the store was emptied, with what is counted from then on', async () => {
    a.sees(5);
    b.sees(5);
    await exchanged(a, b);
    await home.empty();
    a.sees(1);
    await exchanged(a, b);
    expect([a.counts, b.counts]).toEqual([five(1), five(1)]);
  });

  test('are cut into slices by one clock, however far apart those of the replicas are', async () => {
    const ahead = new Member(home, new FakeClock(a.clock.now() + 6 * HOUR));
    await exchanged(a, ahead);
    a.sees(1);
    ahead.sees(1);
    await exchanged(a, ahead);
    expect([a.counts, ahead.counts]).toEqual([five(2), five(2)]);
  });

  test('of many versions arrive over as many exchanges as it takes', async () => {
    for (let n = 0; n < 300; n++) a.sees(1, { route: `route-${n}` });
    await exchanged(a, b);
    const seen = Array.from({ length: 300 }, (_, n) => b.telemetry.total(`route-${n}`, 'green', 'v2').requests);
    expect(seen).toEqual(seen.map(() => 1));
  });

  test('hand in the rest at the end', async () => {
    await a.fleet.onApplicationBootstrap();
    a.sees(2);
    await a.fleet.onApplicationShutdown();
    expect(a.clock.timers).toBe(0);
    await b.fleet.exchange();
    expect(b.counts).toEqual(five(2));
  });

  test('tell how old they are', async () => {
    expect(new Member(home).fleet.age).toBeUndefined();
    a.clock.advance(700);
    expect(a.fleet.age).toBe(700);
  });

  test('tell of rate limits too', async () => {
    a.waits.report('chat/green@v2', 60_000);
    await exchanged(a, b);
    expect([b.waits.isWaiting('chat/green@v2'), b.waits.isWaiting('chat/blue@v1')]).toEqual([true, false]);
    b.clock.advance(60_000);
    expect(b.waits.isWaiting('chat/green@v2')).toBe(false);
  });

  describe('of a user', () => {
    test('count once, whoever saw a failure of theirs', async () => {
      for (const member of [a, b]) member.sees(3, failed);
      await exchanged(a, b);
      expect(failuresOf([a, b])).toEqual([1, 1]);
      for (const member of [a, b]) member.sees(1, { outcome: 'server_error', unit: 8 });
      for (const member of [a, b]) member.sees(1, { outcome: 'server_error' });
      expect(failuresOf([a, b])).toEqual([3, 3]);
      await exchanged(a, b);
      expect(failuresOf([a, b])).toEqual([4, 4]);
    });

    test('count once as refused and once as failed: one does not use up the other', async () => {
      for (const member of [a, b]) {
        member.sees(2, { outcome: 'rejected', unit: 7 });
        member.sees(1, { outcome: 'context_length', unit: 7 });
        member.sees(1, failed);
      }
      await exchanged(a, b);
      const refused = [a, b].map(({ telemetry }) => unitsCounted(telemetry, 'refusal'));
      expect([refused, failuresOf([a, b])]).toEqual([
        [1, 1],
        [1, 1],
      ]);
    });

    test('count in the arm and under the weights of the first one', async () => {
      a.sees(1, { ...failed, environment: 'blue' });
      await exchanged(a, b);
      b.sees(1, { ...failed, segment: 2 });
      await exchanged(a, b);
      expect([failuresOf([a, b], { environment: 'blue' }), failuresOf([a, b], { segment: 2 })]).toEqual([
        [1, 1],
        [0, 0],
      ]);
    });

    test('count once among those that a step has seen, and again under other weights', async () => {
      for (const member of [a, b]) for (const unit of [7, 7, 8]) member.sees(1, { unit });
      await exchanged(a, b);
      const sampled = (segment: number) =>
        [a, b].map(({ telemetry }) => telemetry.trial('chat', 1).sampled('green', segment).units);
      expect(sampled(1)).toEqual([2, 2]);
      b.sees(1, { unit: 7, segment: 2 });
      await exchanged(a, b);
      expect([sampled(1), sampled(2)]).toEqual([
        [2, 2],
        [1, 1],
      ]);
    });

    test('have their scores added up by the bucket of the user, on every replica', async () => {
      a.telemetry.score('judge', observation({ unit: 7 }), 0.5);
      a.telemetry.score('judge', observation({ unit: 8 }), 1);
      b.telemetry.score('judge', observation({ unit: 7 }), 0.25);
      await exchanged(a, b);
      const [first, second] = [a, b].map(({ telemetry }) => telemetry.trial('chat', 1).samples('judge', 'green'));
      expect(first).toEqual(second);
      expect(new Set(first!.counts)).toEqual(new Set([0, 1, 2]));
      expect(first!.sums[first!.counts.indexOf(2)]).toBe(0.75);
    });

    test('count once for each thing that is counted, and again in another epoch', async () => {
      for (const { telemetry } of [a, b]) telemetry.begin(observation({ unit: 7 }), false);
      a.sees(1, failed);
      await exchanged(a, b);
      expect([a, b].map(({ telemetry }) => unitsCounted(telemetry, 'exposure'))).toEqual([1, 1]);
      expect(failuresOf([a, b])).toEqual([1, 1]);
      b.sees(1, { ...failed, epoch: 2 });
      await exchanged(a, b);
      expect(unitsCounted(b.telemetry, 'own', { epoch: 2 })).toBe(1);
    });

    test('count once when an answer is lost and the report is handed in again', async () => {
      a.sees(1, failed);
      a.way.state = 'losesAnswers';
      await a.fleet.exchange();
      b.sees(1, failed);
      await exchanged(b);
      a.sees(1, { ...failed, unit: 9 });
      expect(failuresOf([a, b])).toEqual([2, 1]);
      a.way.state = 'open';
      await exchanged(a, b);
      expect(failuresOf([a, b])).toEqual([2, 2]);
    });

    test('count again when the store was emptied: what they had counted is gone with it', async () => {
      a.sees(1, failed);
      await exchanged(a, b);
      await home.empty();
      b.sees(1, failed);
      await exchanged(a, b);
      expect(failuresOf([a, b])).toEqual([1, 1]);
    });

    test('are all handed in, however many they are', async () => {
      for (let unit = 0; unit < 2_500; unit++) a.sees(1, { ...failed, unit });
      await exchanged(a, b);
      expect(failuresOf([a, b])).toEqual([2_500, 2_500]);
    });
  });

  test('revert nothing for a user whom two replicas have seen within an exchange, and do for three users', async () => {
    const journal = new MemoryJournal();
    const clock = new FakeClock();
    const schedule: RolloutInput = {
      steps: [{ setWeight: 5, duration: HOUR }],
      gates: [{ name: 'errors', kind: 'errorRate', tolerance: 0 }],
      fastTrip: { consecutiveFailures: 0 },
    };
    const members = [new Member(home, clock), new Member(home, clock)] as const;
    const replicas: Replica[] = [];
    for (const { telemetry, fleet } of members) {
      replicas.push(await Replica.start({ journal, clock, schedule, telemetry, fleet }));
    }
    const [one, two] = replicas as [Replica, Replica];
    await one.rollouts.start('chat');
    await two.store.reached(one.rollouts.revision);
    one.traffic('green', 1, failed);
    await exchanged(...members);
    two.traffic('green', 1, failed);
    await two.scheduler.tick();
    expect(two.phase).toBe('Progressing');
    two.traffic('green', 1, { ...failed, unit: 8 });
    await two.scheduler.tick();
    expect(two.phase).toBe('Progressing');
    two.traffic('green', 1, { ...failed, unit: 9 });
    await two.scheduler.tick();
    expect(two.phase).toBe('RolledBack');
    for (const replica of replicas) replica.stop();
  });

  test('trip a gate that the part of none of four replicas would trip', async () => {
    const journal = new MemoryJournal();
    const clock = new FakeClock();
    const members = [1, 2, 3, 4].map(() => new Member(home, clock));
    const replicas: Replica[] = [];
    for (const { telemetry } of members) replicas.push(await Replica.start({ journal, clock, telemetry }));
    const leader = replicas[0]!;
    await leader.rollouts.start('chat');
    await Promise.all(replicas.map(({ store }) => store.reached(leader.rollouts.revision)));
    await exchanged(...members);
    // The gate asks for 20 requests; each sees 8, one of them a failure.
    for (const replica of replicas) {
      replica.traffic('green', 7);
      replica.traffic('green', 1, { outcome: 'server_error' });
      await replica.scheduler.tick();
    }
    expect(leader.phase).toBe('Progressing');
    await exchanged(...members);
    await leader.scheduler.tick();
    expect(leader.phase).toBe('RolledBack');
    for (const replica of replicas) replica.stop();
  });
});

/** Users of an environment that have failed, as each member knows it. */
const failuresOf = (members: readonly Member[], { environment = 'green', segment = 1 } = {}) =>
  members.map(({ telemetry }) => unitsCounted(telemetry, 'own', { environment, segment }));
/** Under the same weights throughout. */
const unitsIn = (epoch: number, events: readonly string[]) => [
  ...events.map((event) => `{blue-green}:figures:units:chat:${event}:${epoch}`),
  '{blue-green}:figures:units:chat:sample:1',
];
/** The users that replicas know to have counted. */
const kinds = async () => (await client.keys('*:units:*')).toSorted();
/** Milliseconds that the first key of this kind lives. */
const left = async (pattern: string) => client.pttl((await client.keys(`*${pattern}*`))[0]!);

describe('in Redis', () => {
  let a: Member;
  beforeEach(async () => {
    await client.flushall();
    a = new Member(redisHome());
  });
  afterEach(() => client.flushall());

  test('slices of windows live for two windows, totals for two weeks', async () => {
    a.sees(1);
    await a.fleet.exchange();
    expect(await left(':of:window')).toBeLessThanOrEqual(2 * WINDOW);
    expect(await left(':of:armwindow')).toBeGreaterThan(2 * WINDOW - 60_000);
    expect(await left(':of:total')).toBeGreaterThan(13 * 24 * HOUR);
  });

  test('units are a field each, with the starting point of their last event, as long as what they count in', async () => {
    a.sees(1, { ...failed, unit: 2 ** 32 - 1 });
    await a.fleet.exchange();
    expect(await kinds()).toEqual(unitsIn(1, ['fault', 'own']));
    expect(Object.values(await client.hgetall((await kinds())[0]!))).toHaveLength(1);
    expect(await left(':units:')).toBeGreaterThan(13 * 24 * HOUR);
  });

  test('units of an epoch are let go of with the next one; one who comes late does not make an old one the newest', async () => {
    a.sees(1, failed);
    await a.fleet.exchange();
    a.sees(1, { ...failed, epoch: 2 });
    await a.fleet.exchange();
    expect(await kinds()).toEqual(unitsIn(2, ['fault', 'own']));
    const late = new Member(redisHome());
    late.sees(1, failed);
    await late.fleet.exchange();
    a.sees(1, { ...failed, epoch: 3 });
    await a.fleet.exchange();
    expect(await kinds()).not.toContain('{blue-green}:figures:units:chat:own:2');
  });

  test('that has lost a part of the figures has none: those of the other environment are let go of as well', async () => {
    for (const environment of ['green', 'blue']) {
      for (const unit of [1, 2, 3])
        a.sees(1, { ...failed, environment, unit: unit + (environment === 'blue' ? 10 : 0) });
    }
    await a.fleet.exchange();
    const b = new Member(redisHome());
    await b.fleet.exchange();
    await client.del('{blue-green}:figures:of:trial:chat/blue:1:own#1');
    a.sees(1, { ...failed, environment: 'blue', unit: 99 });
    await exchanged(a, b);
    for (const environment of ['green', 'blue']) {
      const count = environment === 'blue' ? 1 : 0;
      expect(failuresOf([a, b], { environment })).toEqual([count, count]);
    }
    // From then on users count once again.
    b.sees(1, { ...failed, unit: 1 });
    await exchanged(a, b);
    expect(failuresOf([a, b])).toEqual([1, 1]);
  });

  test('what has expired is no longer looked for', async () => {
    a.sees(1);
    await a.fleet.exchange();
    await client.zadd('{blue-green}:figures:expiry', 1, 'total:chat/green@v2#0');
    await a.fleet.exchange();
    expect(await client.zscore('{blue-green}:figures:changed', 'total:chat/green@v2#0')).toBeNull();
  });

  test('no key is outside the hash tag, so that a cluster keeps them together', async () => {
    a.sees(1);
    a.waits.report('chat/green@v2', 60_000);
    await a.fleet.exchange();
    const keys = await client.keys('*');
    expect(keys.filter((key) => !key.startsWith('{blue-green}:figures'))).toEqual([]);
  });

  test('a value that is not a number is left out, and hurts no sum', async () => {
    a.sees(1, { latency: Number.NaN });
    a.sees(1);
    await a.fleet.exchange();
    const b = new Member(redisHome());
    await b.fleet.exchange();
    expect(b.telemetry.total('chat', 'green', observation().version).requests).toBe(2);
  });
});
