import { BlueGreenError } from '../domain/errors.js';
import type { JournalEntry } from '../domain/events.js';
import type { Snapshot } from '../domain/snapshot.js';

/** The journal is not as it was written. `code`: `journal_damaged`. */
export class JournalDamagedError extends BlueGreenError {
  /** @param place like `in line 3`. */
  constructor(journal: string, place: string, what: string, remedy: string) {
    super('journal_damaged', `The journal ${journal} is damaged ${place}: ${what}.`, remedy, 500);
  }
}

/** Parsed JSON; `undefined` for text that is not JSON. */
export function jsonIn(text: unknown): unknown {
  try {
    return typeof text === 'string' ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether it has the fields of every entry. Fields of its type were checked when it was written. */
export function isEntry(value: unknown): value is JournalEntry {
  if (typeof value !== 'object' || value === null) return false;
  const { revision, type, at } = value as Partial<Record<string, unknown>>;
  return Number.isSafeInteger(revision) && typeof type === 'string' && typeof at === 'number';
}

export function isSnapshot(value: unknown): value is Snapshot {
  if (typeof value !== 'object' || value === null) return false;
  const { revision, routes, versions } = value as Partial<Record<string, unknown>>;
  return Number.isSafeInteger(revision) && Array.isArray(routes) && Array.isArray(versions);
}
