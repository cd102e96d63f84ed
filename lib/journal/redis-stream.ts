import type { JournalEntry } from '../domain/events.js';
import { isEntry, JournalDamagedError, jsonIn } from './journal-damage.js';

/** An entry as it stands in the stream. */
export interface StreamEntry {
  readonly entry: JournalEntry;
  /** Names everything that was appended at once. */
  readonly batch: string;
  /** The batch of the entry before; empty for the first one. */
  readonly after: string;
}

/**
 * The entries in the answer to `XRANGE`: `[[id, [field, value, …]], …]`.
 *
 * @throws {JournalDamagedError} for an entry that is not as it was written: its id is its revision.
 */
export function readEntries(reply: unknown): StreamEntry[] {
  return Array.isArray(reply) ? reply.map(entryFrom) : [];
}

/**
 * The entries in the answer to `XREAD` on one stream: `[[name, entries]]` in RESP2, `[name, entries]` in RESP3, `null`
 * without news.
 */
export function readNews(reply: unknown): StreamEntry[] {
  if (!Array.isArray(reply)) return [];
  const [first, second] = reply as [unknown, unknown];
  return readEntries(Array.isArray(first) ? first[1] : second);
}

function entryFrom(item: unknown): StreamEntry {
  const [id, fields] = Array.isArray(item) ? (item as [unknown, unknown]) : [];
  const [, text, , batch, , after] = Array.isArray(fields) ? (fields as unknown[]) : [];
  const entry = jsonIn(text);
  const isWhole = isEntry(entry) && id === `${entry.revision}-0`;
  if (isWhole && typeof batch === 'string' && typeof after === 'string') return { entry, batch, after };
  const place = `at entry ${typeof id === 'string' ? id : '?'}`;
  throw new JournalDamagedError('in Redis', place, 'it is not what was written', REMEDY);
}

const REMEDY = 'Restore a copy of Redis, or remove the entry with XDEL: apps that start later then never see it.';
