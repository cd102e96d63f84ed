import { describe, expect, test } from '@jest/globals';
import { journalContract, record } from './journal.contract.js';
import { MemoryJournal } from './memory-journal.js';

journalContract('memory', (limit) => new MemoryJournal(limit));

describe('the limit of the journal in memory', () => {
  test('the newest entries stay, revisions go on', async () => {
    const journal = new MemoryJournal(3);
    for (let n = 0; n < 10; n++) await journal.append([record(`${n}`)], n);
    const kept: number[] = [];
    for await (const { revision } of journal.read(1)) kept.push(revision);
    expect(kept).toEqual([8, 9, 10]);
    expect(await journal.append([record('next')], 10)).toMatchObject([{ revision: 11 }]);
  });

  test('a batch beyond the limit still reaches followers whole', async () => {
    const journal = new MemoryJournal(2);
    const seen: number[] = [];
    await journal.follow(1, ({ revision }) => seen.push(revision));
    await journal.append([record('a'), record('b'), record('c'), record('d')], 0);
    expect(seen).toEqual([1, 2, 3, 4]);
  });
});
