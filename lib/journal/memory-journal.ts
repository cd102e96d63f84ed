import { RevisionConflictError } from '../domain/errors.js';
import type { JournalEntry, JournalRecord } from '../domain/events.js';
import { reduce } from '../domain/reduce.js';
import { emptyState, type State } from '../domain/state.js';
import type { Journal } from './journal.js';

interface Follower {
  /** The next revision to tell it. */
  next: number;
  readonly listener: (entry: JournalEntry) => void;
}

/**
 * A journal that ends with the process. Keeps the newest `limit` entries (default 10,000); older ones are
 * folded into the snapshot.
 */
export class MemoryJournal implements Journal {
  readonly #entries: JournalEntry[] = [];
  readonly #followers = new Set<Follower>();
  readonly #untold: JournalEntry[] = [];
  #telling = false;
  #revision: number;
  #snapshot: State;

  /** @param from what to start from. */
  constructor(
    private readonly limit = 10_000,
    from: { readonly snapshot: State; readonly entries: readonly JournalEntry[] } = {
      snapshot: emptyState,
      entries: [],
    },
  ) {
    this.#snapshot = from.snapshot;
    this.#entries.push(...from.entries);
    this.#revision = from.entries.at(-1)?.revision ?? from.snapshot.revision;
    this.#fold();
  }

  // Async, so that a conflict is a rejection, as in the other homes.
  async append(records: readonly JournalRecord[], expectedRevision: number): Promise<readonly JournalEntry[]> {
    if (expectedRevision !== this.#revision) {
      throw new RevisionConflictError(expectedRevision, this.#revision);
    }
    const entries = records.map((record): JournalEntry => ({ ...record, revision: ++this.#revision }));
    this.#entries.push(...entries);
    this.#fold();
    this.#untold.push(...entries);
    this.#tellFollowers();
    return entries;
  }

  async snapshot(): Promise<State> {
    return this.#snapshot;
  }

  async *read(from: number): AsyncGenerator<JournalEntry> {
    for (const entry of this.#entries.filter(({ revision }) => revision >= from)) yield entry;
  }

  async follow(
    from: number,
    listener: (entry: JournalEntry) => void,
    onSnapshot?: (state: State) => void,
  ): Promise<() => void> {
    if (from <= this.#snapshot.revision) onSnapshot?.(this.#snapshot);
    const follower: Follower = { next: from, listener };
    for (const entry of this.#entries) tell(follower, entry);
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  async close(): Promise<void> {
    this.#followers.clear();
  }

  #fold(): void {
    if (this.#entries.length <= this.limit) return;
    this.#snapshot = this.#entries.splice(0, this.#entries.length - this.limit).reduce(reduce, this.#snapshot);
  }

  /** One entry after the other, each to all followers: entries that a follower appends meanwhile wait their turn. */
  #tellFollowers(): void {
    if (this.#telling) return;
    this.#telling = true;
    try {
      for (let entry = this.#untold.shift(); entry; entry = this.#untold.shift()) {
        for (const follower of this.#followers) tell(follower, entry);
      }
    } finally {
      this.#telling = false;
    }
  }
}

function tell(follower: Follower, entry: JournalEntry): void {
  if (entry.revision < follower.next) return;
  follower.next = entry.revision + 1;
  follower.listener(entry);
}
