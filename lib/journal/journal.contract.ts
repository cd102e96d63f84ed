import { afterEach, describe, expect, test } from '@jest/globals';
import { RevisionConflictError } from '../domain/errors.js';
import type { JournalEntry, JournalRecord } from '../domain/events.js';
import { reduce } from '../domain/reduce.js';
import { emptyState, type State } from '../domain/state.js';
import type { Journal } from './journal.js';

/** A record that can be told from others by its reason. */
export function record(reason: string): JournalRecord {
  const weights = { blue: 100 };
  return { type: 'WeightsSet', route: 'chat', weights, active: 'blue', at: 1, actor: 'ada', reason, evidence: [] };
}

async function all(journal: Journal, from = 1): Promise<JournalEntry[]> {
  const entries: JournalEntry[] = [];
  for await (const entry of journal.read(from)) entries.push(entry);
  return entries;
}

const revisions = (entries: readonly JournalEntry[]) => entries.map(({ revision }) => revision);
const reasons = (entries: readonly JournalEntry[]) => entries.map(({ reason }) => reason);

/** Follows, and resolves when as many entries have come as are waited for. */
async function following(journal: Journal, from: number) {
  const seen: JournalEntry[] = [];
  let wake: (() => void) | undefined;
  const stop = await journal.follow(from, (entry) => {
    seen.push(entry);
    wake?.();
  });
  const until = async (count: number): Promise<readonly JournalEntry[]> => {
    while (seen.length < count) await new Promise<void>((resolve) => (wake = resolve));
    return seen;
  };
  return { seen, until, stop };
}

/** Snapshot and entries, when some were let go of and nothing moves any more. */
async function compacted(journal: Journal): Promise<{ snapshot: State; kept: JournalEntry[] }> {
  for (;;) {
    const before = await journal.snapshot();
    const kept = await all(journal, before.revision + 1);
    const snapshot = await journal.snapshot();
    if (snapshot.revision > 0 && snapshot.revision === before.revision) return { snapshot, kept };
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** What every home of the journal promises. `home` gives an empty one, that keeps about `limit` entries. */
export function journalContract(name: string, home: (limit?: number) => Promise<Journal> | Journal): void {
  describe(`the journal in ${name}`, () => {
    const opened: Journal[] = [];
    const create = async (limit?: number): Promise<Journal> => {
      const journal = await home(limit);
      opened.push(journal);
      return journal;
    };
    afterEach(() => Promise.all(opened.splice(0).map((journal) => journal.close())));

    test('counts revisions from 1 without gaps, over all appends', async () => {
      const journal = await create();
      expect(revisions(await journal.append([record('a'), record('b')], 0))).toEqual([1, 2]);
      expect(revisions(await journal.append([record('c')], 2))).toEqual([3]);
      expect(revisions(await all(journal))).toEqual([1, 2, 3]);
    });

    test('keeps what was written, word for word', async () => {
      const journal = await create();
      const evidence = [
        { gate: 'g', verdict: 'fail', observed: 0.5, limit: 0.05, sample: { canary: 1, baseline: 2 }, message: 'ü\n' },
      ] as const;
      const written: JournalRecord = { ...record('"quoted", \u2028 and 🟢'), evidence };
      await journal.append([written], 0);
      expect(await all(journal)).toEqual([{ ...written, revision: 1 }]);
    });

    test('refuses an append that was decided on another revision, and says which one it is at', async () => {
      const journal = await create();
      await journal.append([record('a')], 0);
      for (const wrong of [0, 2, -1, NaN]) {
        await expect(journal.append([record('late')], wrong)).rejects.toMatchObject({
          code: 'revision_conflict',
          actualRevision: 1,
        });
      }
      expect(reasons(await all(journal))).toEqual(['a']);
    });

    test('of many appends on the same revision exactly one wins', async () => {
      const journal = await create();
      const results = await Promise.allSettled(
        Array.from({ length: 20 }, (_, n) => journal.append([record(`${n}`)], 0)),
      );
      const lost = results.filter(({ status }) => status === 'rejected');
      expect(lost).toHaveLength(19);
      for (const result of lost) {
        expect((result as PromiseRejectedResult).reason).toBeInstanceOf(RevisionConflictError);
      }
      expect(await all(journal)).toHaveLength(1);
    });

    test('appends all or nothing: a refused batch leaves no part behind', async () => {
      const journal = await create();
      await journal.append([record('a')], 0);
      await expect(journal.append([record('b'), record('c')], 0)).rejects.toBeInstanceOf(RevisionConflictError);
      expect(reasons(await all(journal))).toEqual(['a']);
    });

    test('an append of nothing changes nothing', async () => {
      const journal = await create();
      expect(await journal.append([], 0)).toEqual([]);
      expect(await all(journal)).toEqual([]);
    });

    test('reads from the revision that is asked for', async () => {
      const journal = await create();
      await journal.append([record('a'), record('b'), record('c')], 0);
      expect(reasons(await all(journal, 2))).toEqual(['b', 'c']);
      expect(reasons(await all(journal, 4))).toEqual([]);
    });

    test('a follower gets first what is there, then what comes, in order', async () => {
      const journal = await create();
      await journal.append([record('a'), record('b')], 0);
      const { until, stop } = await following(journal, 1);
      await journal.append([record('c'), record('d')], 2);
      expect(reasons(await until(4))).toEqual(['a', 'b', 'c', 'd']);
      expect(revisions(await until(4))).toEqual([1, 2, 3, 4]);
      stop();
    });

    test('a follower gets nothing older than it asked for, also of what is still to come', async () => {
      const journal = await create();
      await journal.append([record('a')], 0);
      const { until, stop } = await following(journal, 3);
      await journal.append([record('b')], 1);
      await journal.append([record('c')], 2);
      expect(reasons(await until(1))).toEqual(['c']);
      stop();
    });

    test('a follower that stops hears no more, and the others go on', async () => {
      const journal = await create();
      const left = await following(journal, 1);
      const stays = await following(journal, 1);
      left.stop();
      await journal.append([record('a')], 0);
      expect(reasons(await stays.until(1))).toEqual(['a']);
      expect(left.seen).toEqual([]);
      stays.stop();
    });

    test('entries stay in order for everybody when a follower appends while it is being told', async () => {
      const journal = await create();
      const answering = await journal.follow(1, ({ revision }) => {
        if (revision === 2) void journal.append([record('answer')], 2);
      });
      const { until, stop } = await following(journal, 1);
      await journal.append([record('a'), record('b')], 0);
      expect(reasons(await until(3))).toEqual(['a', 'b', 'answer']);
      answering();
      stop();
    });

    test('followers of any beginning see the same history', async () => {
      const journal = await create();
      const early = await following(journal, 1);
      for (let n = 0; n < 20; n++) await journal.append([record(`${n}`)], n);
      const late = await following(journal, 1);
      expect(await late.until(20)).toEqual(await early.until(20));
      early.stop();
      late.stop();
    });

    test('has nothing in its snapshot while it keeps everything', async () => {
      const journal = await create();
      await journal.append([record('a')], 0);
      expect(await journal.snapshot()).toEqual(emptyState);
    });

    test('folds what it lets go of into its snapshot: nothing of the state is lost', async () => {
      const journal = await create(10);
      const written: JournalEntry[] = [];
      for (let n = 0; n < 60; n++) {
        const next = { ...record(`${n}`), route: `route-${n % 3}` } as JournalRecord;
        written.push(...(await journal.append([next], n)));
      }
      const { snapshot, kept } = await compacted(journal);
      expect(revisions(kept)).toEqual(Array.from({ length: kept.length }, (_, n) => snapshot.revision + 1 + n));
      expect(kept.reduce(reduce, snapshot)).toEqual(written.reduce(reduce, emptyState));
      expect(kept.length).toBeGreaterThanOrEqual(10);
    });

    test('of what was let go of a follower gets the state that it comes to, and then all that is behind it', async () => {
      const journal = await create(10);
      const written: JournalEntry[] = [];
      for (let n = 0; n < 30; n++) written.push(...(await journal.append([record(`${n}`)], n)));
      await compacted(journal);
      const states: State[] = [];
      const entries: JournalEntry[] = [];
      const stop = await journal.follow(
        1,
        (entry) => entries.push(entry),
        (state) => states.push(state),
      );
      expect(states).toHaveLength(1);
      const [state] = states as [State];
      expect(revisions(entries)).toEqual(revisions(written.slice(state.revision)));
      expect(entries.reduce(reduce, state)).toEqual(written.reduce(reduce, emptyState));
      stop();
    });

    test('who follows from behind the snapshot gets entries alone', async () => {
      const journal = await create();
      await journal.append([record('a')], 0);
      const states: State[] = [];
      const entries: JournalEntry[] = [];
      const stop = await journal.follow(
        1,
        (entry) => entries.push(entry),
        (state) => states.push(state),
      );
      expect([states, reasons(entries)]).toEqual([[], ['a']]);
      stop();
    });
  });
}
