import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { JournalLockedError, lockFile } from './file-lock.js';

const folder = mkdtempSync(join(tmpdir(), 'blue-green-lock-'));
afterAll(() => rmSync(folder, { recursive: true }));

const DEAD = '999999999 1\n';

/** What is there, if anything, when many come at the same moment. */
const BEFORE: Readonly<Record<string, (path: string) => void>> = {
  'a new file': () => {},
  'a file whose process has died': (path) => writeFileSync(`${path}.lock`, DEAD),
  'one that was being taken over by a process that has died as well': (path) => {
    writeFileSync(`${path}.lock`, DEAD);
    writeFileSync(`${path}.lock.lock`, DEAD);
  },
};

test.each(Object.keys(BEFORE))('of many who want %s at the same moment one gets it', async (name) => {
  for (let round = 0; round < 25; round++) {
    const path = join(folder, `${name.length}-${round}`);
    BEFORE[name]!(path);
    const all = await Promise.allSettled(Array.from({ length: 8 }, () => lockFile(path)));
    const [winner, ...others] = all.filter((one) => one.status === 'fulfilled');
    expect(others).toEqual([]);
    for (const one of all) if (one.status === 'rejected') expect(one.reason).toBeInstanceOf(JournalLockedError);
    await winner!.value();
  }
  expect(readdirSync(folder)).toEqual([]);
});
