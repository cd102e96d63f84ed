import { crc32 } from 'node:zlib';
import { BlueGreenError } from '../domain/errors.js';
import type { JournalEntry } from '../domain/events.js';
import { snapshotOf, stateOf, type Snapshot } from '../domain/snapshot.js';
import { emptyState, type State } from '../domain/state.js';

/** The journal's file is not what was written. `code`: `journal_damaged`. */
export class JournalDamagedError extends BlueGreenError {
  constructor(path: string, lineNumber: number, what: string) {
    super(
      'journal_damaged',
      `The journal ${path} is damaged in line ${lineNumber}: ${what}.`,
      'Put back a copy of the file, or cut it off before that line: what is behind it is then forgotten. Without the file the app begins at its configuration.',
      500,
    );
  }
}

/** What a file says: a state, the entries behind it, and how many of its bytes are whole lines. */
export interface JournalText {
  readonly snapshot: State;
  readonly entries: readonly JournalEntry[];
  /** Bytes behind this are of a line that was never finished. */
  readonly length: number;
}

/** One line: a checksum, and all that was appended at once. */
export function batchLine(entries: readonly JournalEntry[]): string {
  return line(entries);
}

/** The first line of a file that was compacted. */
export function snapshotLine(state: State): string {
  return line({ snapshot: snapshotOf(state) });
}

function line(content: unknown): string {
  const json = JSON.stringify(content);
  return `${checksum(json)} ${json}\n`;
}

function checksum(json: string): string {
  return crc32(json).toString(16).padStart(8, '0');
}

/**
 * Reads a file back. A last line without its end is one that a crash cut off: it was never acknowledged.
 *
 * @throws {JournalDamagedError} for anything else that is not as it was written.
 */
export function readJournal(bytes: Buffer, path: string): JournalText {
  const length = bytes.lastIndexOf(0x0a) + 1;
  const lines = length === 0 ? [] : bytes.toString('utf8', 0, length - 1).split('\n');
  let snapshot = emptyState;
  let revision = 0;
  const entries: JournalEntry[] = [];
  for (const [index, text] of lines.entries()) {
    const damaged = (what: string): JournalDamagedError => new JournalDamagedError(path, index + 1, what);
    const json = text.slice(9);
    if (text[8] !== ' ' || checksum(json) !== text.slice(0, 8))
      throw damaged('its checksum is not that of its content');
    const content = JSON.parse(json) as readonly JournalEntry[] | { readonly snapshot: Snapshot };
    if ('snapshot' in content) {
      if (index > 0) throw damaged('a snapshot can only come first');
      snapshot = stateOf(content.snapshot);
      revision = snapshot.revision;
      continue;
    }
    for (const entry of content) {
      if (entry.revision !== ++revision) throw damaged(`revision ${revision} is missing`);
      entries.push(entry);
    }
  }
  return { snapshot, entries, length };
}
