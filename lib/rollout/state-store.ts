import { Logger } from '@nestjs/common';
import { type Observable, Subject } from 'rxjs';
import type { JournalEntry } from '../domain/events.js';
import { reduce } from '../domain/reduce.js';
import { emptyState, withoutTrials, type State } from '../domain/state.js';
import type { Journal } from '../journal/journal.js';
import { Guarded } from '../records/guarded.js';
import type { LiveRouteTable } from '../routing/live-route-table.js';
import { RouteTable } from '../routing/route-table.js';

/** Follows the journal, folds it, and puts each new table in front of the request path. */
export class StateStore {
  readonly #logger = new Logger(StateStore.name);
  #state: State = emptyState;
  #stop: () => void = () => {};
  #stopped = false;
  #holdsTrials = false;
  readonly #entries = new Subject<JournalEntry>();
  /** Callers that wait for a revision: one per command under way. */
  readonly #waiting = new Set<{ revision: number; resolve: () => void }>();

  constructor(
    private readonly journal: Journal,
    private readonly table: LiveRouteTable,
  ) {}

  get state(): State {
    return this.#state;
  }

  /** Every entry, as it is folded in. */
  get entries$(): Observable<JournalEntry> {
    return new Guarded(this.#entries, (error) => this.#logger.error(`A subscriber failed: ${String(error)}`));
  }

  async start(): Promise<void> {
    this.table.swap(RouteTable.from(this.#state));
    this.#stop = await this.journal.follow(
      1,
      (entry) => this.#apply(entry),
      (state) => this.#replace(state),
    );
  }

  stop(): void {
    this.#stopped = true;
    this.#stop();
    this.#entries.complete();
    for (const { resolve } of this.#waiting) resolve();
    this.#waiting.clear();
  }

  /** Resolves when the state includes this revision, or when it never will because the store has stopped. */
  async reached(revision: number): Promise<void> {
    if (this.#stopped || this.#state.revision >= revision) return;
    await new Promise<void>((resolve) => this.#waiting.add({ revision, resolve }));
  }

  /**
   * Whether environments on trial are kept without traffic here, whatever their weights.
   *
   * @returns whether that is new.
   */
  holdTrials(hold: boolean): boolean {
    if (hold === this.#holdsTrials) return false;
    this.#holdsTrials = hold;
    this.table.swap(RouteTable.from(this.#routed(this.#state)));
    return true;
  }

  #routed(state: State): State {
    return this.#holdsTrials ? withoutTrials(state) : state;
  }

  #apply(entry: JournalEntry): void {
    const previous = { state: this.#state, table: this.table.current };
    this.#state = reduce(this.#state, entry);
    this.table.swap(
      this.#holdsTrials ? RouteTable.from(this.#routed(this.#state)) : RouteTable.from(this.#state, previous),
    );
    this.#tellWaiting();
    this.#entries.next(entry);
  }

  /** Entries were let go of before they came here. */
  #replace(state: State): void {
    const { revision } = this.#state;
    if (revision > 0)
      this.#logger.warn(`Revisions ${revision + 1} to ${state.revision} are known by their outcome alone.`);
    this.#state = state;
    this.table.swap(RouteTable.from(this.#routed(state)));
    this.#tellWaiting();
  }

  #tellWaiting(): void {
    for (const waiter of this.#waiting) {
      if (waiter.revision > this.#state.revision) continue;
      this.#waiting.delete(waiter);
      waiter.resolve();
    }
  }
}
