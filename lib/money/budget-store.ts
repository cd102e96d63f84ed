/** A share of the budget that somebody wants to hear of once it is spent. */
interface Mark {
  readonly percent: number;
  /** The same in nano-dollars. */
  readonly amount: number;
}

/** A sum that is kept per calendar month (UTC): the app's, or one route's. */
export interface BudgetScope {
  readonly key: string;
  /** Nano-dollars that may be spent in a month; absent: nothing is refused, all is counted. */
  readonly limit?: number | undefined;
  readonly marks: readonly Mark[];
  /** Refuses whatever cannot be counted with everybody else: the store is away. */
  readonly strict?: boolean | undefined;
}

/** Nano-dollars of the current month. */
export interface BudgetFigures {
  readonly spent: number;
  /** Set aside for calls that are under way. */
  readonly reserved: number;
}

/** What a budget says to a reservation or a settlement. */
export interface BudgetAnswer {
  /** Key of the scope whose limit does not cover it; absent when the money is set aside. */
  readonly refused?: string | undefined;
  /** By key, after what was asked. */
  readonly figures: ReadonlyMap<string, BudgetFigures>;
  /** Marks that this has reached. Each is reported once a month, to one process of all. */
  readonly reached: readonly { readonly key: string; readonly percent: number }[];
}

/** The answer at once, or a promise of it. */
export type Awaitable<T> = T | Promise<T>;

/**
 * Where money is counted. Each verb is one step that nobody else can come between, so that calls that run at the same
 * time cannot spend the same dollar. The first of the scopes that refuses is the one that is named, and then nothing
 * is set aside in any.
 */
export interface BudgetStore {
  /**
   * Sets `amount` aside in every scope. Asked again with the same `id`, it raises what is set aside to `amount`.
   *
   * @param ttl milliseconds after which the money is free again when nobody settles: its process has crashed.
   */
  reserve(id: string, amount: number, scopes: readonly BudgetScope[], ttl: number): Awaitable<BudgetAnswer>;
  /**
   * Books what it did cost; the rest is free again. Settling an id again does nothing; one whose reservation has
   * expired is booked all the same.
   *
   * @param ttl milliseconds for which the id is remembered.
   */
  settle(id: string, actual: number, scopes: readonly BudgetScope[], ttl: number): Awaitable<BudgetAnswer>;
  /** What the scopes have spent this month. */
  figures(scopes: readonly BudgetScope[]): Awaitable<ReadonlyMap<string, BudgetFigures>>;
}
