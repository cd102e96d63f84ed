import type { JournalEntry, JournalRecord } from '../domain/events.js';
import type { State } from '../domain/state.js';

/**
 * The append-only record of every change: audit trail, recovery and replication in one. Every home keeps the
 * same contract (`journal.contract.ts`). A home keeps a bounded number of entries; those that it lets go of are folded
 * into its snapshot first, so that the state never loses anything.
 */
export interface Journal {
  /**
   * Appends all records or none, if the journal is at `expectedRevision`. When it resolves they are kept for good.
   *
   * @returns the entries with their revisions.
   * @throws {RevisionConflictError} when it has moved on.
   * @throws {JournalUnavailableError} when it cannot be said whether they were recorded.
   */
  append(records: readonly JournalRecord[], expectedRevision: number): Promise<readonly JournalEntry[]>;
  /** All that lies before the oldest entry that {@link read} has, folded; `emptyState` when nothing was let go of. */
  snapshot(): Promise<State>;
  /** Entries from revision `from` on, oldest first; those that are kept. */
  read(from: number): AsyncIterable<JournalEntry>;
  /**
   * Calls back for every entry from revision `from` on, in order and without gaps: first those that are there,
   * then each as it is appended, by whomever. A home that loses touch goes on where it was when it is back.
   *
   * @param onSnapshot is called in the place of entries that were let go of, in the beginning or while it was out of touch,
   * with the state that they come to.
   * @returns a function that ends it.
   */
  follow(
    from: number,
    listener: (entry: JournalEntry) => void,
    onSnapshot?: (state: State) => void,
  ): Promise<() => void>;
  /** How a home that may be away is doing; absent for those that are always there. */
  readonly connection?: JournalConnection | undefined;
  /** Lets go of files and connections. */
  close(): Promise<void>;
}

export interface JournalConnection {
  /** Milliseconds for which it has been away; 0 while it is there. */
  awayFor(): number;
  /** What is wrong, in words for people; `undefined` while nothing is. */
  problem(): string | undefined;
}
