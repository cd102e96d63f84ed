import type { JournalEntry, JournalRecord } from '../domain/events.js';
import type { State } from '../domain/state.js';

/**
 * The append-only record of every change: audit trail, recovery and replication in one. Every home meets the
 * same contract (`journal.contract.ts`). A home keeps a bounded number of entries; it folds older ones into its
 * snapshot before it drops them, so that the state never loses anything.
 */
export interface Journal {
  /**
   * Appends all records or none, if the journal is at `expectedRevision`. Once it resolves, they are durable.
   *
   * @returns the entries with their revisions.
   * @throws {RevisionConflictError} when it has moved on.
   * @throws {JournalUnavailableError} when nobody knows whether they were recorded.
   */
  append(records: readonly JournalRecord[], expectedRevision: number): Promise<readonly JournalEntry[]>;
  /** Everything before the oldest entry that {@link read} has, folded; `emptyState` if nothing was dropped. */
  snapshot(): Promise<State>;
  /** The kept entries from revision `from` on, oldest first. */
  read(from: number): AsyncIterable<JournalEntry>;
  /**
   * Calls back for every entry from revision `from` on, in order and without gaps: first the existing ones, then each
   * as it is appended, by any process. A home that loses its connection continues where it was.
   *
   * @param onSnapshot is called instead of dropped entries, at the start or after a lost connection, with the state
   * that they add up to.
   * @returns a function that stops it.
   */
  follow(
    from: number,
    listener: (entry: JournalEntry) => void,
    onSnapshot?: (state: State) => void,
  ): Promise<() => void>;
  /**
   * Random, the same for all processes and kept as long as the journal, but in no entry. Absent for homes that end with
   * the process.
   *
   * @throws {JournalUnavailableError}
   */
  secret?(): Promise<string>;
  /** The state of a home that may be away; absent for homes that are always there. */
  readonly connection?: JournalConnection | undefined;
  /** Closes files and connections. */
  close(): Promise<void>;
}

export interface JournalConnection {
  /** Milliseconds for which it has been away; 0 while it is there. */
  awayFor(): number;
  /** The problem, in words for people; `undefined` without one. */
  problem(): string | undefined;
  /** A risk while there is no problem yet, in words for people. */
  warning?(): string | undefined;
}
