import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { fuzz } from '../../test/support/fuzz.js';
import { recover, Writer } from '../../test/support/journal-crashes.js';
import { recordOf } from '../../test/support/journal-writer.js';
import { FileJournal } from './file-journal.js';
import { journalContract, record } from './journal.contract.js';
import { batchLine, readJournal, snapshotLine } from './journal-lines.js';

const folder = mkdtempSync(join(tmpdir(), 'blue-green-journal-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const fresh = (): string => join(folder, 'deep', `${files++}.jsonl`);

journalContract('a file', (limit) => FileJournal.open(fresh(), { limit }));

const revisionsIn = async (path: string): Promise<number[]> => {
  const journal = await FileJournal.open(path);
  const revisions: number[] = [];
  for await (const { revision } of journal.read(1)) revisions.push(revision);
  await journal.close();
  return revisions;
};

/** A file of eleven entries, the first line a snapshot. */
const TEXT = (() => {
  const entries = Array.from({ length: 12 }, (_, n) => ({ ...recordOf(n + 1), revision: n + 1 }));
  const { snapshot } = { snapshot: { revision: 1, routes: new Map(), versions: new Map() } };
  return Buffer.from(
    snapshotLine(snapshot) + [1, 2, 5, 9].map((from, n) => batchLine(entries.slice(from, [2, 5, 9, 12][n]))).join(''),
  );
})();

describe('a restart', () => {
  test('goes on where the last one was', async () => {
    const path = fresh();
    const first = await FileJournal.open(path);
    await first.append([record('a'), record('b')], 0);
    await first.close();
    const second = await FileJournal.open(path);
    await expect(second.append([record('late')], 0)).rejects.toMatchObject({ code: 'revision_conflict' });
    expect(await second.append([record('c')], 2)).toMatchObject([{ revision: 3 }]);
    await second.close();
    expect(await revisionsIn(path)).toEqual([1, 2, 3]);
  });

  test('finds the one secret of the first start, however many asked for it at once', async () => {
    const path = fresh();
    const first = await FileJournal.open(path);
    const [secret, again] = await Promise.all([first.secret(), first.secret()]);
    await first.close();
    const second = await FileJournal.open(path);
    expect([again, await second.secret()]).toEqual([secret, secret]);
    expect(secret).toMatch(/^[0-9a-f]{64}$/);
    await second.close();
  });

  test('keeps the file to its owner', async () => {
    const path = fresh();
    await (await FileJournal.open(path)).close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('of a process that was killed has all that was acknowledged, also when it was writing the file again', async () => {
    const path = fresh();
    for (let kills = 0, revision = 0; kills < 20; kills++) {
      const writer = Writer.start(path, 15);
      await writer.until(({ acknowledged }) => acknowledged > revision + (kills % 7) * 5);
      await writer.kill();
      const recovered = await recover(path, 15, writer.acknowledged);
      expect(recovered.violations).toEqual([]);
      ({ revision } = recovered);
    }
  }, 60_000);
});

describe('a damaged file', () => {
  test('that was cut off anywhere is what was written before, or says so', () => {
    for (let length = 0; length <= TEXT.length; length++) {
      const { entries, length: whole } = readJournal(TEXT.subarray(0, length), 'j');
      expect(whole).toBeLessThanOrEqual(length);
      entries.forEach(({ revision }, n) => expect(revision).toBe(n + 2));
    }
    expect(readJournal(TEXT, 'j').entries).toHaveLength(11);
  });

  const change = fc.record({
    at: fc.nat(TEXT.length - 1),
    removed: fc.constantFrom(0, 1, 7),
    added: fc.uint8Array({ maxLength: 3 }),
  });
  fuzz(
    'is never misread: bytes that are changed, lost or too many are told, or are in a line without an end',
    fc.array(change, { minLength: 1, maxLength: 3 }),
    (changes) => {
      let bytes = TEXT;
      for (const { at, removed, added } of changes) {
        bytes = Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(at + removed)]);
      }
      const whole = readJournal(TEXT, 'j');
      try {
        const { entries } = readJournal(bytes, 'j');
        expect(entries).toEqual(whole.entries.slice(0, entries.length));
        const isTorn = bytes.at(-1) !== 0x0a;
        if (!isTorn) expect(entries).toHaveLength(whole.entries.length);
      } catch (error) {
        expect(error).toMatchObject({ code: 'journal_damaged' });
      }
    },
  );

  test('whose very last byte was changed says so: the line before it is whole, and was acknowledged', () => {
    for (const byte of [0x00, 0x0d, 0x20, 0x2c, 0xff]) {
      const bytes = Buffer.concat([TEXT.subarray(0, -1), Buffer.from([byte])]);
      expect(() => readJournal(bytes, 'j')).toThrow(/damaged in line 5: its line break is missing or changed/);
    }
  });

  test('is refused with its line, and left as it is', async () => {
    const path = fresh();
    await (await FileJournal.open(path)).close();
    writeFileSync(path, Buffer.concat([TEXT.subarray(0, 90), Buffer.from('x'), TEXT.subarray(91)]));
    await expect(FileJournal.open(path)).rejects.toMatchObject({
      code: 'journal_damaged',
      message: expect.stringMatching(/is damaged in line \d: its checksum/),
    });
    expect(readFileSync(path)).toHaveLength(TEXT.length);
    // It was not kept locked either.
    await expect(FileJournal.open(path)).rejects.toMatchObject({ code: 'journal_damaged' });
  });

  test('a revision that is missing is told, though every line is whole', () => {
    const lines = TEXT.toString().split('\n');
    lines.splice(2, 1);
    expect(() => readJournal(Buffer.from(lines.join('\n')), 'j')).toThrow(/damaged in line 3: revision 3 is missing/);
  });
});

describe('two processes on one file', () => {
  test('are one too many: the second is told which process has it', async () => {
    const path = fresh();
    const journal = await FileJournal.open(path);
    await expect(FileJournal.open(path)).rejects.toMatchObject({
      code: 'journal_locked',
      message: expect.stringContaining(`process ${process.pid}`),
    });
    await journal.close();
    await (await FileJournal.open(path)).close();
  });

  test('the lock of one that has died is taken over, also when its number was given again', async () => {
    const path = fresh();
    await (await FileJournal.open(path)).close();
    for (const stale of ['999999999 1\n', `${process.pid} 1\n`, '']) {
      writeFileSync(`${path}.lock`, stale);
      await (await FileJournal.open(path)).close();
    }
  });
});

test('a full disk refuses what cannot be kept, and loses nothing: there is room again, it goes on', async () => {
  const path = fresh();
  const writer = Writer.start(path, 1_000_000, 'ulimit -S -f 16;');
  await writer.until(({ failures }) => failures.length >= 3);
  const { acknowledged } = writer;
  expect(new Set(writer.failures)).toEqual(new Set(['journal_unavailable']));
  expect(acknowledged).toBeGreaterThan(0);
  execFileSync('prlimit', ['--pid', String(writer.pid), '--fsize=unlimited:']);
  await writer.until((later) => later.acknowledged > acknowledged + 5);
  await writer.kill();
  expect((await recover(path, 1_000_000, writer.acknowledged)).violations).toEqual([]);
}, 30_000);
