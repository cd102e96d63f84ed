import { afterEach, describe, expect, test } from '@jest/globals';
import { FakeClock } from '../../test/support/fake-clock.js';
import { MINUTE, Replica, turn } from '../../test/support/rollouts.js';
import type { JournalEntry, JournalRecord } from '../domain/events.js';
import type { State } from '../domain/state.js';
import type { Journal } from '../journal/journal.js';
import { MemoryJournal } from '../journal/memory-journal.js';

/** Somebody's way to a journal. */
class Way implements Journal {
  constructor(protected readonly home: Journal) {}

  append(records: readonly JournalRecord[], expectedRevision: number): Promise<readonly JournalEntry[]> {
    return this.home.append(records, expectedRevision);
  }

  snapshot(): Promise<State> {
    return this.home.snapshot();
  }

  close(): Promise<void> {
    return this.home.close();
  }

  read(from: number): AsyncIterable<JournalEntry> {
    return this.home.read(from);
  }

  follow(...[from, listener, onSnapshot]: Parameters<Journal['follow']>): Promise<() => void> {
    return this.home.follow(from, listener, onSnapshot);
  }
}

/** A long one: appends and news take turns of the event loop to arrive. */
class LongWay extends Way {
  override async append(records: readonly JournalRecord[], expectedRevision: number) {
    await turn();
    const entries = await super.append(records, expectedRevision);
    await turn();
    return entries;
  }

  override follow(from: number, listener: (entry: JournalEntry) => void): Promise<() => void> {
    return super.follow(from, (entry) => void turn().then(() => listener(entry)));
  }
}

/** One on which news are held up, to arrive all at once. */
class BlockedWay extends Way {
  #held: (() => void)[] | undefined;

  block(): void {
    this.#held = [];
  }

  clear(): void {
    for (const deliver of this.#held ?? []) deliver();
    this.#held = undefined;
  }

  override follow(from: number, listener: (entry: JournalEntry) => void): Promise<() => void> {
    return super.follow(from, (entry) => {
      if (this.#held) this.#held.push(() => listener(entry));
      else listener(entry);
    });
  }
}

const journals: Readonly<Record<string, () => Journal>> = {
  'a journal in memory': () => new MemoryJournal(),
  'a journal that takes its time': () => new LongWay(new MemoryJournal()),
};

let replicas: Replica[] = [];
afterEach(() => {
  for (const replica of replicas) replica.stop();
});

async function pair(journal: Journal, routes?: readonly string[]): Promise<[Replica, Replica]> {
  const clock = new FakeClock();
  const options = { journal, clock, ...(routes && { routes }) };
  const [a, b] = [await Replica.start(options), await Replica.start(options)];
  replicas = [a, b];
  return [a, b];
}

/** Resolves when both have folded all that the journal has. */
async function settled([a, b]: readonly [Replica, Replica]): Promise<void> {
  await Promise.all([a.store.reached(b.rollouts.revision), b.store.reached(a.rollouts.revision)]);
  for (let n = 0; n < 10; n++) await turn();
  await Promise.all([a.store.reached(b.rollouts.revision), b.store.reached(a.rollouts.revision)]);
}

function healthy(both: readonly Replica[]): void {
  for (const replica of both) {
    replica.traffic('green', 30);
    replica.traffic('blue', 30);
  }
}

describe.each(Object.keys(journals))('two replicas on %s', (name) => {
  test('ticking on both, twice and late takes every step exactly once', async () => {
    const both = await pair(journals[name]!());
    const [a, b] = both;
    await a.rollouts.start('chat');
    for (let stage = 0; stage < 5; stage++) {
      await settled(both);
      healthy(both);
      a.clock.advance(25 * MINUTE);
      await Promise.all([a, b, a, b].map(({ scheduler }) => scheduler.tick()));
    }
    await settled(both);
    const walk = ['RolloutStarted', 'StepEntered', 'StepEntered', 'StepEntered', 'BakeStarted', 'RolloutSucceeded'];
    expect(a.history.filter((type) => type !== 'RouteConfigured')).toEqual(walk);
    expect(b.history).toEqual(a.history);
    expect(b.rollouts.status('chat')).toMatchObject({ active: 'green', weights: { blue: 0, green: 100 } });
  });

  test('when both see green fail, it is reverted once, and both route as before', async () => {
    const both = await pair(journals[name]!());
    const [a, b] = both;
    await a.rollouts.start('chat');
    await settled(both);
    for (const replica of both) replica.traffic('blue', 200);
    for (const replica of both) replica.traffic('green', 5, { outcome: 'server_error' });
    await settled(both);
    await Promise.all(both.map(({ scheduler }) => scheduler.tick()));
    await settled(both);
    expect(a.history.filter((type) => type !== 'RouteConfigured')).toEqual([
      'RolloutStarted',
      'RolloutAborted',
      'RolledBack',
    ]);
    expect([a.weight, b.weight]).toEqual([0, 0]);
    expect(b.phase).toBe('RolledBack');
  });

  test('a rollback of one against a promotion of the other: both agree, and green has lost its traffic', async () => {
    const both = await pair(journals[name]!());
    const [a, b] = both;
    await a.rollouts.start('chat');
    await settled(both);
    await Promise.allSettled([a.rollouts.rollback('chat'), b.rollouts.promote('chat')]);
    await settled(both);
    expect(a.rollouts.status('chat').weights).toEqual(b.rollouts.status('chat').weights);
    expect([a.weight, a.phase]).toEqual([0, 'RolledBack']);
  });

  test('many routes that fail at once are all reverted at once', async () => {
    const routes = ['a', 'b', 'c', 'd', 'e', 'f'];
    const both = await pair(journals[name]!(), routes);
    const [a] = both;
    for (const route of routes) await a.rollouts.start(route);
    await settled(both);
    for (const route of routes) a.traffic('blue', 200, { route });
    for (const route of routes) a.traffic('green', 5, { route, outcome: 'server_error' });
    for (let n = 0; n < 100; n++) await turn();
    expect(routes.map((route) => a.rollouts.status(route).rollout?.phase.name)).toEqual(routes.map(() => 'RolledBack'));
  });
});

test('a rollback that another replica ends, with new weights behind it, before its own replica hears of either has not failed', async () => {
  const [home, clock] = [new MemoryJournal(), new FakeClock()];
  const way = new BlockedWay(home);
  const [a, b] = [await Replica.start({ journal: way, clock }), await Replica.start({ journal: home, clock })];
  replicas = [a, b];
  await a.rollouts.start('chat');
  way.block();
  const rollback = a.rollouts.rollback('chat');
  await settled([b, b]);
  await b.scheduler.tick();
  await b.rollouts.setTrafficWeights('chat', { blue: 60, green: 40 });
  way.clear();
  expect((await rollback).rollout?.phase.name).toBe('RolledBack');
  expect(a.history.slice(-3)).toEqual(['RolloutAborted', 'RolledBack', 'WeightsSet']);
});
