import { RevisionConflictError } from '../domain/errors.js';
import type { JournalEntry, JournalRecord } from '../domain/events.js';
import type { Journal } from './journal.js';

/**
 * A journal that lives and dies with the process. Keeps the newest `limit` entries (default 10,000) and lets go of
 * older ones: with the process gone nobody can fold them again.
 */
export class MemoryJournal implements Journal {
  readonly #entries: JournalEntry[] = [];
  readonly #followers = new Set<(entry: JournalEntry) => void>();
  #revision = 0;

  constructor(private readonly limit = 10_000) {}

  // An async function, so that a conflict is a rejection here as in homes that have to wait.
  async append(records: readonly JournalRecord[], expectedRevision: number): Promise<readonly JournalEntry[]> {
    if (expectedRevision !== this.#revision) {
      throw new RevisionConflictError(expectedRevision, this.#revision);
    }
    const entries = records.map((record): JournalEntry => ({ ...record, revision: ++this.#revision }));
    this.#entries.push(...entries);
    if (this.#entries.length > this.limit) this.#entries.splice(0, this.#entries.length - this.limit);
    for (const entry of entries) for (const follower of this.#followers) follower(entry);
    return entries;
  }

  async *read(from: number): AsyncGenerator<JournalEntry> {
    for (const entry of this.#entries.filter(({ revision }) => revision >= from)) yield entry;
  }

  async follow(from: number, listener: (entry: JournalEntry) => void): Promise<() => void> {
    for (const entry of this.#entries) if (entry.revision >= from) listener(entry);
    this.#followers.add(listener);
    return () => this.#followers.delete(listener);
  }
}
