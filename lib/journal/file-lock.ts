import { randomUUID } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { BlueGreenError } from '../domain/errors.js';

/** Another process has the journal's file. `code`: `journal_locked`. */
export class JournalLockedError extends BlueGreenError {
  constructor(path: string, pid: number) {
    super(
      'journal_locked',
      `The journal ${path} is in use by process ${pid}.`,
      'Give each process a file of its own, or put all of them on one Redis with journal: { redis }.',
      503,
    );
  }
}

/**
 * Keeps a file to one process: `<path>.lock` says which. The lock of a process that has died is taken over. Processes that
 * cannot see each other, in two containers, are not kept apart.
 *
 * @returns a function that lets go of it.
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

/** It is there with all that it says, or it is not there: an empty one would be taken for one of the dead. */
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
  // Numbers are given again: it is the same process if it began at the same time.
  return holder === `${pid} ${await startOf(pid)}\n`;
}

/** When the process began, in ticks since the machine did; empty where that cannot be asked. */
async function startOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name, in brackets, may have spaces and brackets of its own.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

/**
 * Removes the lock of the dead, unless somebody has done so meanwhile. One process at a time, by a lock on the lock: between
 * the look and the removal nobody else can have made it theirs.
 */
async function removeDead(lock: string, holder: string): Promise<void> {
  let unlock: () => Promise<void>;
  try {
    unlock = await lockFile(lock);
  } catch (error) {
    // Somebody else is at it.
    if (error instanceof JournalLockedError) return;
    throw error;
  }
  try {
    if ((await contentOf(lock)) === holder) await rm(lock);
  } finally {
    await unlock();
  }
}

/** `undefined` when there is none any more. */
async function contentOf(lock: string): Promise<string | undefined> {
  try {
    return await readFile(lock, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
