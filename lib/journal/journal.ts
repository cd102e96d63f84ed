import type { JournalEntry, JournalRecord } from '../domain/events.js';

/**
 * The append-only record of every change: audit trail, recovery and replication in one. Every home keeps the
 * same contract (`journal.contract.ts`).
 */
export interface Journal {
  /**
   * Appends all records or none, if the journal is at `expectedRevision`.
   *
   * @returns the entries with their revisions.
   * @throws {RevisionConflictError} when it has moved on.
   */
  append(records: readonly JournalRecord[], expectedRevision: number): Promise<readonly JournalEntry[]>;
  /** Entries from revision `from` on, oldest first. */
  read(from: number): AsyncIterable<JournalEntry>;
  /**
   * Calls back for every entry from revision `from` on, in order and without gaps: first those that are there,
   * then each as it is appended.
   *
   * @returns a function that ends it.
   */
  follow(from: number, listener: (entry: JournalEntry) => void): Promise<() => void>;
}
