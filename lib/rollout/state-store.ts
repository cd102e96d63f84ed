import { Logger } from '@nestjs/common';
import { type Observable, Subject } from 'rxjs';
import { UnknownRouteError } from '../domain/errors.js';
import type { JournalEntry } from '../domain/events.js';
import { isOpen, type LocalRollback } from '../domain/local-rollback.js';
import { reduce } from '../domain/reduce.js';
import { emptyState, withoutTrials, type RouteState, type State } from '../domain/state.js';
import type { Journal } from '../journal/journal.js';
import { Guarded } from '../kit/guarded.js';
import type { LiveRouteTable } from '../routing/live-route-table.js';
import { EVERYTHING, RouteTable } from '../routing/route-table.js';

/** Follows the journal, folds it, and puts each new table in front of the request path. */
export class StateStore {
  readonly #logger = new Logger(StateStore.name);
  #state: State = emptyState;
  #stop: () => void = () => {};
  #stopped = false;
  #suspendsTrials = false;
  /** Route → the canary that this process has taken out by itself. */
  readonly #rollbacks = new Map<string, LocalRollback>();
  readonly #entries = new Subject<JournalEntry>();
  /** Callers that wait for a revision: one per command under way. */
  readonly #waiting = new Set<{ revision: number; resolve: () => void }>();

  constructor(
    private readonly journal: Journal,
    private readonly table: LiveRouteTable,
    private readonly served = EVERYTHING,
  ) {}

  /** The whole state of the journal, with routes of other replicas as well. */
  get state(): State {
    return this.#state;
  }

  /** The routes that this process is configured for. */
  get routes(): RouteState[] {
    return [...this.#state.routes.values()].filter(({ alias }) => this.served.route(alias));
  }

  /** One of {@link routes}. @throws {UnknownRouteError} */
  route(alias: string): RouteState {
    const route = this.find(alias);
    if (!route) {
      throw new UnknownRouteError(
        alias,
        this.routes.map((known) => known.alias),
      );
    }
    return route;
  }

  /** The same; `undefined` when it is not there. */
  find(alias: string): RouteState | undefined {
    return this.served.route(alias) ? this.#state.routes.get(alias) : undefined;
  }

  /** Every entry, as it is folded in. */
  get entries$(): Observable<JournalEntry> {
    return new Guarded(this.#entries, (error) => this.#logger.error(`A subscriber failed: ${String(error)}`));
  }

  async start(): Promise<void> {
    this.table.swap(this.#compiled());
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

  /** Resolves when the state includes this revision, or when the store has stopped. */
  async reached(revision: number): Promise<void> {
    if (this.#stopped || this.#state.revision >= revision) return;
    await new Promise<void>((resolve) => this.#waiting.add({ revision, resolve }));
  }

  /**
   * Takes canaries out of the traffic of this process, whatever their weights, or puts them back.
   *
   * @returns whether that is a change.
   */
  suspendTrials(isSuspended: boolean): boolean {
    if (isSuspended === this.#suspendsTrials) return false;
    this.#suspendsTrials = isSuspended;
    this.table.swap(this.#compiled());
    return true;
  }

  /** Takes one canary out of the traffic of this process, until the journal has its rollback or {@link putBack}. */
  takeOut(rollback: LocalRollback): void {
    this.#rollbacks.set(rollback.route, rollback);
    this.#recompile();
  }

  putBack(alias: string): void {
    if (this.#rollbacks.delete(alias)) this.#recompile();
  }

  /** The canary of the route that this process has taken out by itself. */
  takenOut(alias: string): LocalRollback | undefined {
    const rollback = this.#rollbacks.get(alias);
    return rollback && isOpen(rollback, this.find(alias)) ? rollback : undefined;
  }

  #recompile(): void {
    this.table.swap(this.#compiled({ state: this.#state, table: this.table.current }));
  }

  #compiled(previous?: { state: State; table: RouteTable }): RouteTable {
    return this.#suspendsTrials
      ? RouteTable.from(withoutTrials(this.#state), undefined, this.served, this.#rollbacks)
      : RouteTable.from(this.#state, previous, this.served, this.#rollbacks);
  }

  #apply(entry: JournalEntry): void {
    const previous = { state: this.#state, table: this.table.current };
    this.#state = reduce(this.#state, entry);
    this.table.swap(this.#compiled(previous));
    this.#tellWaiting();
    this.#entries.next(entry);
  }

  /** The journal has folded entries into a snapshot before they came here. */
  #replace(state: State): void {
    const { revision } = this.#state;
    if (revision > 0)
      this.#logger.warn(`Revisions ${revision + 1} to ${state.revision} are known only by their outcome.`);
    this.#state = state;
    this.table.swap(this.#compiled());
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
