import { crc32 } from 'node:zlib';
import type { JournalEntry } from '../domain/events.js';
import { snapshotOf, stateOf } from '../domain/snapshot.js';
import { emptyState, type State } from '../domain/state.js';
import { isEntry, isSnapshot, JournalDamagedError, jsonIn } from './journal-damage.js';

const REMEDY =
  'Put back a copy of the file, or cut it off before that line: what is behind it is then forgotten. Without the file the app begins at its configuration.';

/** What a file says: a state, the entries behind it, and how many of its bytes are whole lines. */
export interface JournalText {
  readonly snapshot: State;
  readonly entries: readonly JournalEntry[];
  /** Bytes behind this are of a line that was never finished. */
  readonly length: number;
}

/** One line: a checksum, and all that was appended at once. */
export function batchLine(entries: readonly JournalEntry[]): string {
  return lineOf(entries);
}

/** The first line of a file that was compacted. */
export function snapshotLine(state: State): string {
  return lineOf({ snapshot: snapshotOf(state) });
}

function lineOf(content: unknown): string {
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
  const damaged = (index: number, what: string) => new JournalDamagedError(path, `in line ${index + 1}`, what, REMEDY);
  for (const [index, text] of lines.entries()) {
    if (!isWhole(text)) throw damaged(index, 'its checksum is not that of its content');
    const content = jsonIn(text.slice(JSON_AT));
    const kept =
      typeof content === 'object' && content !== null && 'snapshot' in content ? content.snapshot : undefined;
    if (kept !== undefined) {
      if (index > 0) throw damaged(index, 'a snapshot can only come first');
      if (!isSnapshot(kept)) throw damaged(index, 'it is no snapshot');
      snapshot = stateOf(kept);
      revision = snapshot.revision;
      continue;
    }
    if (!Array.isArray(content) || !content.every(isEntry)) throw damaged(index, 'it is no list of entries');
    for (const entry of content) {
      if (entry.revision !== ++revision) throw damaged(index, `revision ${revision} is missing`);
      entries.push(entry);
    }
  }
  // What a crash leaves is the beginning of a line. All of one, with something else at its end, is no such thing.
  if (isWhole(bytes.toString('utf8', length, Math.max(length, bytes.length - 1)))) {
    throw damaged(lines.length, 'its end is not that of a line');
  }
  return { snapshot, entries, length };
}

/** The checksum and a blank stand in front of the JSON. */
const JSON_AT = 9;

function isWhole(line: string): boolean {
  return line[JSON_AT - 1] === ' ' && checksum(line.slice(JSON_AT)) === line.slice(0, JSON_AT - 1);
}
