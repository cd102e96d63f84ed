import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { JournalEntry } from 'nestjs-blue-green';
import { reduce } from '../../lib/domain/reduce.js';
import { emptyState } from '../../lib/domain/state.js';
import { FileJournal } from '../../lib/journal/file-journal.js';
import { recordOf } from './journal-writer.js';

const WRITER = fileURLToPath(new URL('./journal-writer.js', import.meta.url));

/** A process that writes to a journal as fast as it can. */
export class Writer {
  acknowledged = 0;
  failures: string[] = [];
  #wake: () => void = () => {};

  private constructor(private readonly child: ChildProcessByStdio<null, Readable, null>) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [word, rest] = line.split(' ');
      if (word === 'failed') this.failures.push(rest!);
      else this.acknowledged = Number(word === 'open' ? rest : word);
      this.#wake();
    });
  }

  /** @param shell command in front of it, to run it within limits. */
  static start(path: string, limit: number, shell = ''): Writer {
    const command = `${shell} exec "$0" "$@"`;
    const args = ['-c', command, process.execPath, WRITER, path, String(limit)];
    return new Writer(spawn('bash', args, { stdio: ['ignore', 'pipe', 'inherit'] }));
  }

  get pid(): number {
    return this.child.pid!;
  }

  async until(holds: (writer: this) => boolean): Promise<void> {
    while (!holds(this)) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  /** kill -9; resolves when everything it has said was read. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await once(this.child, 'close');
  }
}

export interface Recovered {
  readonly revision: number;
  /** What is not as it was written: nothing, if all is well. */
  readonly violations: readonly string[];
}

/** Opens the journal as a restart would, and compares it with what was acknowledged. */
export async function recover(path: string, limit: number, acknowledged: number): Promise<Recovered> {
  const violations: string[] = [];
  const journal = await FileJournal.open(path, { limit });
  let state = await journal.snapshot();
  let expected = emptyState;
  const entries: JournalEntry[] = [];
  for await (const entry of journal.read(1)) entries.push(entry);
  for (const entry of entries) {
    if (entry.revision !== state.revision + 1) violations.push(`revision ${entry.revision} behind ${state.revision}`);
    if (JSON.stringify(entry) !== JSON.stringify({ ...recordOf(entry.revision), revision: entry.revision })) {
      violations.push(`revision ${entry.revision} is not what was written`);
    }
    state = reduce(state, entry);
  }
  for (let revision = 1; revision <= state.revision; revision++) {
    expected = reduce(expected, { ...recordOf(revision), revision });
  }
  const same = JSON.stringify([...state.routes]) === JSON.stringify([...expected.routes]);
  if (!same) violations.push('the state is not the fold of what was written');
  if (state.revision < acknowledged)
    violations.push(`revision ${acknowledged} was acknowledged, ${state.revision} is there`);
  await journal.close();
  return { revision: state.revision, violations };
}
