import type { JournalEntry } from '../domain/events.js';
import { isEntry, JournalDamagedError, jsonIn } from './journal-damage.js';

/** An entry as it stands in the stream. */
export interface StreamEntry {
  readonly entry: JournalEntry;
  /** Names what was appended at once; empty when it has no name. */
  readonly batch: string;
  /** The batch of the entry before; absent where an older release has written it. */
  readonly after: string | undefined;
}

/**
 * The entries in the answer to `XRANGE`: `[[id, [field, value, …]], …]`.
 *
 * @throws {JournalDamagedError} for one that is not as it was written: its id is its revision.
 */
export function readEntries(reply: unknown): StreamEntry[] {
  return Array.isArray(reply) ? reply.map(entryFrom) : [];
}

/** The same of `XREAD` on one stream, as RESP2 (`[[name, entries]]`) or RESP3 (`[name, entries]`) has it; `null`: no news. */
export function readNews(reply: unknown): StreamEntry[] {
  if (!Array.isArray(reply)) return [];
  const [first, second] = reply as [unknown, unknown];
  return readEntries(Array.isArray(first) ? first[1] : second);
}

function entryFrom(item: unknown): StreamEntry {
  const [id, fields] = Array.isArray(item) ? (item as [unknown, unknown]) : [];
  const [, text, , batch, , after] = Array.isArray(fields) ? (fields as unknown[]) : [];
  const entry = jsonIn(text);
  if (isEntry(entry) && id === `${entry.revision}-0`) {
    return {
      entry,
      batch: typeof batch === 'string' ? batch : '',
      after: typeof after === 'string' ? after : undefined,
    };
  }
  throw new JournalDamagedError(
    'in Redis',
    `at entry ${typeof id === 'string' ? id : '?'}`,
    'it is not what was written',
    REMEDY,
  );
}

const REMEDY =
  'Put back a copy of Redis, or take the entry away with XDEL: what it said is then forgotten by whoever starts.';
