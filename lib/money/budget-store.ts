/** A share of the budget that raises an alert once it is spent. */
interface Mark {
  readonly percent: number;
  /** The same in nano-dollars. */
  readonly amount: number;
}

/** A sum that is kept per calendar month (UTC): the app's, or one route's. */
export interface BudgetScope {
  readonly key: string;
  /** Nano-dollars that may be spent in a month. Absent: nothing is refused, everything is counted. */
  readonly limit?: number | undefined;
  readonly marks: readonly Mark[];
  /** Refuses everything while the shared store is out of reach. */
  readonly strict?: boolean | undefined;
}

/** Nano-dollars of the current month. */
export interface BudgetFigures {
  readonly spent: number;
  /** Set aside for calls that are running. */
  readonly reserved: number;
}

/** The answer to a reservation or a settlement. */
export interface BudgetAnswer {
  /** Key of the scope whose limit does not cover it; absent when the money is set aside. */
  readonly refused?: string | undefined;
  /** By key, after the step. */
  readonly figures: ReadonlyMap<string, BudgetFigures>;
  /** Marks that this step reached. Each is reported once a month, to one process of the fleet. */
  readonly reached: readonly { readonly key: string; readonly percent: number }[];
}

/** A value, or a promise of one. */
export type Awaitable<T> = T | Promise<T>;

/**
 * Counts money. Each method is one atomic step, so that calls that run at the same time cannot spend the same dollar.
 * If a scope refuses, the answer names the first one, and nothing is set aside in any.
 */
export interface BudgetStore {
  /**
   * Sets `amount` aside in every scope. Called again with the same `id`, it raises what is set aside to `amount`.
   *
   * @param ttl milliseconds after which the money is free again without a settlement: the process has crashed.
   */
  reserve(id: string, amount: number, scopes: readonly BudgetScope[], ttl: number): Awaitable<BudgetAnswer>;
  /**
   * Books the real cost; the rest is free again. Settling an id again does nothing. If the reservation has expired, the
   * cost is booked all the same.
   *
   * @param ttl milliseconds for which the id is remembered.
   */
  settle(id: string, actual: number, scopes: readonly BudgetScope[], ttl: number): Awaitable<BudgetAnswer>;
  /** The figures of this month. */
  figures(scopes: readonly BudgetScope[]): Awaitable<ReadonlyMap<string, BudgetFigures>>;
}
