import type { JournalEntry } from '../domain/events.js';

/** The entries in the answer to `XRANGE`: `[[id, [field, value, …]], …]`. */
export function readEntries(reply: unknown): JournalEntry[] {
  if (!Array.isArray(reply)) return [];
  return reply.map((item: unknown) => {
    const [, fields] = item as [string, string[]];
    return JSON.parse(fields[1]!) as JournalEntry;
  });
}

/** The same of `XREAD` on one stream, as RESP2 (`[[name, entries]]`) or RESP3 (`[name, entries]`) has it; `null`: no news. */
export function readNews(reply: unknown): JournalEntry[] {
  if (!Array.isArray(reply)) return [];
  const [first, second] = reply as [unknown, unknown];
  return readEntries(Array.isArray(first) ? first[1] : second);
}
