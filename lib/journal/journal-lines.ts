import { crc32 } from 'node:zlib';
import type { JournalEntry } from '../domain/events.js';
import { snapshotOf, stateOf } from '../domain/snapshot.js';
import { emptyState, type State } from '../domain/state.js';
import { isEntry, isSnapshot, JournalDamagedError, jsonIn } from './journal-damage.js';

const REMEDY =
  'Restore a copy of the file, or cut it off before that line, which loses everything after it. Without the file the app starts from its configuration.';

/** The content of a file: a state, the entries after it, and how many of its bytes are whole lines. */
export interface JournalText {
  readonly snapshot: State;
  readonly entries: readonly JournalEntry[];
  /** Bytes after this belong to an unfinished line. */
  readonly length: number;
}

/** One line: a checksum, and everything appended at once. */
export function batchLine(entries: readonly JournalEntry[]): string {
  return lineOf(entries);
}

/** The first line of a compacted file. */
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
 * Reads a file back. A last line without its end was cut off by a crash: it was never acknowledged.
 *
 * @throws {JournalDamagedError} for anything else that differs from what was written.
 */
export function readJournal(bytes: Buffer, path: string): JournalText {
  const length = bytes.lastIndexOf(0x0a) + 1;
  const lines = length === 0 ? [] : bytes.toString('utf8', 0, length - 1).split('\n');
  let snapshot = emptyState;
  let revision = 0;
  const entries: JournalEntry[] = [];
  const damaged = (index: number, what: string) => new JournalDamagedError(path, `in line ${index + 1}`, what, REMEDY);
  for (const [index, text] of lines.entries()) {
    if (!isWhole(text)) throw damaged(index, 'its checksum does not match its content');
    const content = jsonIn(text.slice(JSON_AT));
    const kept =
      typeof content === 'object' && content !== null && 'snapshot' in content ? content.snapshot : undefined;
    if (kept !== undefined) {
      if (index > 0) throw damaged(index, 'a snapshot can only come first');
      if (!isSnapshot(kept)) throw damaged(index, 'it is not a snapshot');
      snapshot = stateOf(kept);
      revision = snapshot.revision;
      continue;
    }
    if (!Array.isArray(content) || !content.every(isEntry)) throw damaged(index, 'it is not a list of entries');
    for (const entry of content) {
      if (entry.revision !== ++revision) throw damaged(index, `revision ${revision} is missing`);
      entries.push(entry);
    }
  }
  // A crash leaves the beginning of a line. A whole line with a wrong end is something else.
  if (isWhole(bytes.toString('utf8', length, Math.max(length, bytes.length - 1)))) {
    throw damaged(lines.length, 'its line break is missing or changed');
  }
  return { snapshot, entries, length };
}

/** The checksum and a space come before the JSON. */
const JSON_AT = 9;

function isWhole(line: string): boolean {
  return line[JSON_AT - 1] === ' ' && checksum(line.slice(JSON_AT)) === line.slice(0, JSON_AT - 1);
}
