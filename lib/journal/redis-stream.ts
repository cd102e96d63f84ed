import type { JournalEntry } from '../domain/events.js';
import { isEntry, JournalDamagedError, jsonIn } from './journal-damage.js';

/**
 * The entries in the answer to `XRANGE`: `[[id, [field, value, …]], …]`.
 *
 * @throws {JournalDamagedError} for one that is not as it was written: its id is its revision.
 */
export function readEntries(reply: unknown): JournalEntry[] {
  return Array.isArray(reply) ? reply.map(entryFrom) : [];
}

/** The same of `XREAD` on one stream, as RESP2 (`[[name, entries]]`) or RESP3 (`[name, entries]`) has it; `null`: no news. */
export function readNews(reply: unknown): JournalEntry[] {
  if (!Array.isArray(reply)) return [];
  const [first, second] = reply as [unknown, unknown];
  return readEntries(Array.isArray(first) ? first[1] : second);
}

function entryFrom(item: unknown): JournalEntry {
  const [id, fields] = Array.isArray(item) ? (item as [unknown, unknown]) : [];
  const entry = Array.isArray(fields) ? jsonIn(fields[1]) : undefined;
  if (isEntry(entry) && id === `${entry.revision}-0`) return entry;
  throw new JournalDamagedError(
    'in Redis',
    `at entry ${typeof id === 'string' ? id : '?'}`,
    'it is not what was written',
    REMEDY,
  );
}

const REMEDY =
  'Put back a copy of Redis, or take the entry away with XDEL: what it said is then forgotten by whoever starts.';
