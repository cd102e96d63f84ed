import { resolve } from 'node:path';
import type { Clock } from '../kit/clock.js';
import { BlueGreenError } from '../domain/errors.js';
import { OwnEndedSessions, type EndedSessions } from '../http/keys/ended-sessions.js';
import { FileJournal } from '../journal/file-journal.js';
import type { Journal } from '../journal/journal.js';
import { MemoryJournal } from '../journal/memory-journal.js';
import type { BlueGreenConfig } from '../options/config.js';
import { FileLog } from '../records/file-log.js';
import { whyOf } from '../redis/redis-error.js';
import { OptionsError } from '../validation/validation-error.js';

/** Part of the lease's length after which its holder stops; the rest is for others to notice. */
export const RUNS_OUT_AFTER = 0.8;

/** The length of the lease that workers share, milliseconds. */
const DEFAULT_LEASE = 5_000;

export function leaseIn(journal: BlueGreenConfig['journal']): number {
  return journal?.lease ?? DEFAULT_LEASE;
}

/** The journal of a process without Redis. @throws {OptionsError} */
export function ownJournal(file: string | undefined, elapsed: () => number): Journal | Promise<Journal> {
  return file === undefined ? new MemoryJournal() : openFile(file, elapsed);
}

/** The ended sessions of a process without Redis, kept beside its journal. */
export function ownEndedSessions(journal: string | undefined, clock: Clock): EndedSessions {
  if (journal === undefined) return new OwnEndedSessions(clock);
  return new OwnEndedSessions(clock, new FileLog(`${journal}.sessions`, { retention: 24 * 60 * 60_000 }));
}

/** @throws {OptionsError} when the file cannot be opened or created there. */
async function openFile(path: string, elapsed: () => number): Promise<Journal> {
  try {
    return await FileJournal.open(path, { elapsed });
  } catch (error) {
    if (error instanceof BlueGreenError) throw error;
    const message = `cannot be opened and written: ${whyOf(error)}`;
    const remedy = 'Name a file in a folder that this process may write to; missing folders are created.';
    throw new OptionsError([{ path: 'journal.file', value: JSON.stringify(resolve(path)), message, remedy }], {
      cause: error,
    });
  }
}
