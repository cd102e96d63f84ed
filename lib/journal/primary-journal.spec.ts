import { describe, expect, test } from '@jest/globals';
import { channelPair } from '../../test/support/channel-pair.js';
import { FakeClock } from '../../test/support/fake-clock.js';
import { JournalUnavailableError } from '../domain/errors.js';
import { JournalPart } from './journal-part.js';
import type { Journal } from './journal.js';
import { journalContract, record } from './journal.contract.js';
import { MemoryJournal } from './memory-journal.js';
import { PrimaryJournal } from './primary-journal.js';

function workersOf(journal: Journal, count: number) {
  const clock = new FakeClock();
  const parts: JournalPart[] = [];
  const workers = Array.from({ length: count }, () => {
    const { primary, worker, cut } = channelPair();
    parts.push(new JournalPart(journal, primary, () => parts.forEach((part) => part.shareProblem())));
    return { journal: new PrimaryJournal(worker, { isKept: false, elapsed: () => clock.elapsed() }), cut };
  });
  return { workers, clock, parts };
}

journalContract('the primary process', (limit) => workersOf(new MemoryJournal(limit), 1).workers[0]!.journal);

describe('the journal of two workers', () => {
  test('is one: of two appends on the same revision one wins, and both workers see it', async () => {
    const { workers } = workersOf(new MemoryJournal(), 2);
    const seen: string[][] = [[], []];
    for (const [n, { journal }] of workers.entries()) {
      await journal.follow(1, ({ reason }) => seen[n]!.push(reason));
    }
    const results = await Promise.allSettled(workers.map(({ journal }, n) => journal.append([record(`${n}`)], 0)));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    await workers[1]!.journal.append([record('next')], 1);
    await workers[0]!.journal.snapshot();
    expect(seen).toEqual([
      ['0', 'next'],
      ['0', 'next'],
    ]);
  });

  test('has more entries than fit into a message', async () => {
    const { workers } = workersOf(new MemoryJournal(), 1);
    const [{ journal }] = workers as [(typeof workers)[0]];
    await journal.append(
      Array.from({ length: 1_200 }, (_, n) => record(`${n}`)),
      0,
    );
    const read: number[] = [];
    for await (const { revision } of journal.read(1)) read.push(revision);
    const followed: number[] = [];
    await journal.follow(1, ({ revision }) => followed.push(revision));
    const all = Array.from({ length: 1_200 }, (_, n) => n + 1);
    expect([read, followed]).toEqual([all, all]);
  });

  test('says in every worker that it cannot be written, and when it can again', async () => {
    let problem: string | undefined;
    const memory = new MemoryJournal();
    const disk = Object.assign(memory, {
      connection: { awayFor: () => 0, problem: () => problem },
      append: async () => {
        if (problem !== undefined) throw new JournalUnavailableError(problem);
        return [];
      },
    });
    const { workers, clock } = workersOf(disk, 2);
    const [one, two] = workers.map(({ journal }) => journal) as [PrimaryJournal, PrimaryJournal];
    problem = 'the disk is full';
    await expect(one.append([record('a')], 0)).rejects.toMatchObject({ code: 'journal_unavailable' });
    await two.snapshot();
    clock.advance(700);
    for (const { connection } of [one, two]) {
      expect([connection.problem(), connection.awayFor()]).toEqual(['the disk is full', 700]);
    }
    problem = undefined;
    await one.append([record('a')], 0);
    await two.snapshot();
    expect([two.connection.problem(), two.connection.awayFor()]).toEqual([undefined, 0]);
  });

  test('forgets the followers of a worker that has ended', async () => {
    const memory = new MemoryJournal();
    const { workers, parts } = workersOf(memory, 1);
    const seen: number[] = [];
    await workers[0]!.journal.follow(1, ({ revision }) => seen.push(revision));
    parts[0]!.close();
    await memory.append([record('a')], 0);
    await workers[0]!.journal.snapshot();
    expect(seen).toEqual([]);
  });
});
