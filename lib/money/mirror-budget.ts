import type { Clock } from '../kit/clock.js';
import type { BudgetScope } from './budget-store.js';
import { MemoryBudgetStore, monthOf } from './memory-budget-store.js';
import { dollars, nano, nanoCeil } from './money.js';

/** Money set aside for a call that is under way. */
export interface Reservation {
  readonly id: string;
  /** US dollars. */
  readonly amount: number;
}

/**
 * Money for mirrors, US dollars: of a calendar month (UTC), or of one shadow stage. In memory: it starts over with the
 * process.
 */
export class MirrorBudget {
  readonly #store: MemoryBudgetStore;
  readonly #scopes: readonly [BudgetScope];
  #calls = 0;
  #newsIn: number | undefined;

  constructor(
    /** `undefined`: no limit, spending is counted all the same. */
    readonly limit: number | undefined,
    private readonly clock: Clock,
    /** `false`: lasts for as long as it is used, whatever the month. */
    isMonthly = true,
  ) {
    this.#store = new MemoryBudgetStore(clock, isMonthly);
    this.#scopes = [{ key: 'mirrors', limit: limit === undefined ? undefined : nano(limit), marks: [] }];
  }

  get spent(): number {
    return dollars(this.#store.figures(this.#scopes).get('mirrors')!.spent);
  }

  /** `undefined` when the rest of the budget does not cover it. */
  reserve(amount: number): Reservation | undefined {
    const id = String(this.#calls++);
    const { refused } = this.#store.reserve(id, nanoCeil(amount), this.#scopes, Infinity);
    return refused === undefined ? { id, amount } : undefined;
  }

  /** Books the real cost; the rest is free again. */
  settle({ id }: Reservation, cost: number): void {
    this.#store.settle(id, nano(cost), this.#scopes);
  }

  /** `true` when called for the first time this month: a refusal is news once. */
  isNews(): boolean {
    const month = monthOf(this.clock);
    const isNews = month !== this.#newsIn;
    this.#newsIn = month;
    return isNews;
  }
}
