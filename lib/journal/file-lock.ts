import { open, readFile, rename, rm, link } from 'node:fs/promises';
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
    const holder = await readFile(lock, 'utf8').catch(() => undefined);
    if (holder === undefined) continue;
    const pid = Number.parseInt(holder, 10);
    if (await lives(pid, holder)) throw new JournalLockedError(path, pid);
    await removeStale(lock, holder);
  }
  return () => rm(lock, { force: true });
}

async function created(lock: string, content: string): Promise<boolean> {
  try {
    const file = await open(lock, 'wx', 0o600);
    await file.writeFile(content);
    await file.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function lives(pid: number, holder: string): Promise<boolean> {
  // Empty: it is being written right now, or its process died in that moment. Nobody has it for long.
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

/** Removes the lock that was found dead, unless somebody has taken it over meanwhile. */
async function removeStale(lock: string, holder: string): Promise<void> {
  const aside = `${lock}.${process.pid}`;
  try {
    await rename(lock, aside);
  } catch {
    return;
  }
  const moved = await readFile(aside, 'utf8');
  if (moved !== holder) await link(aside, lock).catch(() => undefined);
  await rm(aside, { force: true });
}
