import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { FakeClock } from '../../test/support/fake-clock.js';
import { Replica, turn } from '../../test/support/rollouts.js';
import { JournalUnavailableError } from '../domain/errors.js';
import type { JournalEntry, JournalRecord } from '../domain/events.js';
import { MemoryJournal } from '../journal/memory-journal.js';
import type { LocalRollbackNotice } from './local-protection.js';

/** Refuses to be written, or never answers, when told to; can always be read. */
class RefusingJournal extends MemoryJournal {
  mode: 'open' | 'refuses' | 'silent' = 'open';
  #known = false;
  readonly connection = {
    awayFor: () => (this.#known ? 1 : 0),
    problem: () => (this.#known ? 'READONLY' : undefined),
  };

  /** The probes have noticed by now. */
  noticed(isAway: boolean): void {
    this.#known = isAway;
  }

  override async append(records: readonly JournalRecord[], expected: number): Promise<readonly JournalEntry[]> {
    if (this.mode === 'refuses') throw new JournalUnavailableError('READONLY');
    if (this.mode === 'silent') return new Promise(() => {});
    return super.append(records, expected);
  }
}

let journal: RefusingJournal;
let clock: FakeClock;
let replica: Replica;
let notices: LocalRollbackNotice[];

beforeEach(async () => {
  [journal, clock, notices] = [new RefusingJournal(), new FakeClock(), []];
  replica = await Replica.start({ journal, clock, routes: ['chat', 'other'] });
  replica.protection.notices$.subscribe((notice) => notices.push(notice));
});
afterEach(() => replica.stop());

const routed = (alias = 'chat') =>
  replica.table.current.get(alias).slots.find(({ environment }) => environment === 'green')!.weight;

async function fails(route = 'chat'): Promise<void> {
  replica.traffic('blue', 200, { route });
  replica.traffic('green', 5, { route, outcome: 'server_error' });
  for (let n = 0; n < 20; n++) await turn();
}

async function later(ms = 1_000): Promise<void> {
  clock.advance(ms);
  for (let n = 0; n < 20; n++) await turn();
}

describe('A canary that fails while the journal refuses to be written', () => {
  beforeEach(async () => {
    await replica.rollouts.start('chat');
    journal.mode = 'refuses';
    await fails();
  });

  test('gets no traffic from this process at once; the journal has nothing of it', () => {
    expect(routed()).toBe(0);
    expect(replica.history.at(-1)).toBe('RolloutStarted');
    expect(replica.rollouts.route('chat').weights).toEqual({ blue: 95, green: 5 });
  });

  test('is told of once, with the figures and the problem', async () => {
    await fails();
    await replica.scheduler.tick();
    expect(notices).toEqual([
      expect.objectContaining({ route: 'chat', environment: 'green', heir: 'blue', problem: expect.any(String) }),
    ]);
    expect(notices[0]!.evidence).not.toHaveLength(0);
    expect(replica.rollouts.status('chat').warnings).toEqual([
      expect.stringMatching(/^"green" gets no traffic from this process: .* not recorded yet\.$/),
    ]);
  });

  test('has its rollback recorded as soon as the journal is back', async () => {
    await later();
    expect(replica.phase).toBe('Progressing');
    journal.mode = 'open';
    await later();
    expect(replica.history.slice(-2)).toEqual(['RolloutAborted', 'RolledBack']);
    expect(replica.entries.at(-1)!.reason).toContain('taken out when the journal could not be written');
    expect(routed()).toBe(0);
    expect(replica.rollouts.status('chat').warnings).toEqual([]);
    await replica.rollouts.start('chat', { actor: 'ada' });
    expect(routed()).toBe(5);
  });

  test('stays out whatever news come in, until the rollout has ended', async () => {
    await new Promise<void>((resolve) => {
      const { alias: route, rollout } = replica.store.route('chat');
      const note = { route, rolloutId: rollout!.id, at: 0, actor: 'b', reason: '', evidence: [] };
      journal.mode = 'open';
      void journal
        .append([{ ...note, type: 'RolloutPaused', cause: 'Manual' }], replica.store.state.revision)
        .then(() => resolve());
      journal.mode = 'refuses';
    });
    expect(replica.phase).toBe('Paused');
    expect(routed()).toBe(0);
  });

  test('is not taken back once more when somebody else has ended the rollout and begun another', async () => {
    journal.mode = 'open';
    await replica.rollouts.rollback('chat', { actor: 'ada' });
    await replica.rollouts.start('chat', { actor: 'ada' });
    expect(routed()).toBe(5);
    const before = replica.history.length;
    await later();
    expect(replica.history).toHaveLength(before);
    expect(routed()).toBe(5);
  });

  test('does not count what its heir gets meanwhile', () => {
    const { epoch, segment } = replica.table.current.get('chat');
    expect([epoch, segment]).toEqual([0, 0]);
  });
});

describe('A journal that never answers', () => {
  beforeEach(async () => {
    for (const route of ['chat', 'other']) await replica.rollouts.start(route);
    journal.mode = 'silent';
  });

  test('does not keep a failing canary in traffic', async () => {
    await fails();
    expect(routed()).toBe(0);
  });

  test('nor that of a route whose check waits for its turn', async () => {
    await fails();
    clock.advance(300);
    await fails('other');
    expect(routed('other')).toBe(0);
  });

  test('is not asked once it is known to be away', async () => {
    journal.noticed(true);
    await fails();
    expect([routed(), notices.length]).toEqual([0, 1]);
  });
});

test('A journal that is found to be away while a rollback is on its way is told of once', async () => {
  await replica.rollouts.start('chat');
  journal.mode = 'silent';
  await fails();
  journal.noticed(true);
  await fails();
  expect(notices).toHaveLength(1);
});

test('A replica that does not lead looks after its callers while the journal is away', async () => {
  await replica.rollouts.start('chat');
  journal.mode = 'refuses';
  journal.noticed(true);
  replica.traffic('blue', 100, { latency: 100 });
  replica.traffic('green', 5, { outcome: 'server_error' });
  await replica.scheduler.tick();
  expect(routed()).toBe(0);
});

test('A split by hand that is over its limits is taken out, too, and recorded later', async () => {
  await replica.rollouts.changeSettings('chat', { healthCheck: { enabled: true, autoRollback: true } });
  await replica.rollouts.setTrafficWeights('chat', { blue: 90, green: 10 });
  journal.mode = 'refuses';
  replica.traffic('green', 30, { outcome: 'server_error' });
  for (let n = 0; n < 20; n++) await turn();
  expect([routed(), replica.weight]).toEqual([0, 10]);
  journal.mode = 'open';
  await later();
  expect(replica.entries.at(-1)).toMatchObject({ type: 'WeightsSet', reverted: true, weights: { blue: 100 } });
});

test('A second look that finds nothing wrong puts it back', async () => {
  await replica.rollouts.start('chat');
  const route = replica.store.route('chat');
  replica.protection.takeOut({ route, environment: 'green', command: () => [], info: { reason: 'r' } });
  expect(routed()).toBe(0);
  await replica.scheduler.tick();
  expect(routed()).toBe(5);
});
