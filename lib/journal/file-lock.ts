import { randomUUID } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { BlueGreenError } from '../domain/errors.js';

/** Another process uses the journal's file. `code`: `journal_locked`. */
export class JournalLockedError extends BlueGreenError {
  constructor(path: string, pid: number) {
    super(
      'journal_locked',
      `The journal ${path} is in use by process ${pid}.`,
      'Give each process its own file, or share one Redis with journal: { redis }.',
      503,
    );
  }
}

/**
 * Reserves a file for one process: `<path>.lock` says which. Takes over the lock of a process that has died. Processes
 * that cannot see each other, in two containers, are not kept apart.
 *
 * @returns a function that releases it.
 * @throws {JournalLockedError}
 */
export async function lockFile(path: string): Promise<() => Promise<void>> {
  const lock = `${path}.lock`;
  const own = `${process.pid} ${await startOf(process.pid)}\n`;
  while (!(await created(lock, own))) {
    const holder = await contentOf(lock);
    if (holder === undefined) continue;
    const pid = Number.parseInt(holder, 10);
    if (await lives(pid, holder)) throw new JournalLockedError(path, pid);
    await removeDead(lock, holder);
  }
  return () => rm(lock, { force: true });
}

/** Creates the lock with its content or not at all: an empty lock would look like that of a dead process. */
async function created(lock: string, content: string): Promise<boolean> {
  const draft = `${lock}.${randomUUID()}`;
  try {
    await writeFile(draft, content, { flag: 'wx', mode: 0o600 });
    await link(draft, lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function lives(pid: number, holder: string): Promise<boolean> {
  // Not a lock of ours: a power failure may leave an empty file.
  if (!Number.isSafeInteger(pid)) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  // Process ids are reused: it is the same process only if it started at the same time.
  return holder === `${pid} ${await startOf(pid)}\n`;
}

/** When the process started, in ticks since boot; empty where this is not known. */
async function startOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name, in parentheses, may contain spaces and parentheses.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

/**
 * Removes the lock of a dead process, unless somebody else just did. A lock on the lock admits one process at a time:
 * nobody can take the lock between the check and the removal.
 */
async function removeDead(lock: string, holder: string): Promise<void> {
  let unlock: () => Promise<void>;
  try {
    unlock = await lockFile(lock);
  } catch (error) {
    // Somebody else is removing it.
    if (error instanceof JournalLockedError) return;
    throw error;
  }
  try {
    if ((await contentOf(lock)) === holder) await rm(lock);
  } finally {
    await unlock();
  }
}

/** `undefined` if the file is gone. */
async function contentOf(lock: string): Promise<string | undefined> {
  try {
    return await readFile(lock, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
