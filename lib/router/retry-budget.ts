import type { Clock } from '../kit/clock.js';

/** How many retries a route may add to its live requests. */
export interface RetryBudgetOptions {
  /** Retries per request, e.g. 0.2: one for five requests. */
  readonly ratio: number;
  /** Retries per second that are always allowed, so that a quiet route can retry at all. */
  readonly perSecond: number;
}

/** Seconds of allowance that can be saved up. */
const SAVED_SECONDS = 10;

/**
 * Keeps retries from multiplying an outage: when everything fails, they are a share of the live requests instead of
 * twice as many. It is a bucket that every request fills a little and every retry empties by one.
 */
class RetryBudget {
  #balance: number;
  #filledAt: number;
  readonly #capacity: number;

  constructor(
    private readonly options: RetryBudgetOptions,
    private readonly clock: Clock,
  ) {
    this.#capacity = Math.max(1, options.perSecond * SAVED_SECONDS);
    this.#balance = this.#capacity;
    this.#filledAt = clock.elapsed();
  }

  /** A live request came in. */
  deposit(): void {
    this.#balance = Math.min(this.#capacity, this.#balance + this.options.ratio);
  }

  /** Takes one retry; `false` when none is left. */
  withdraw(): boolean {
    const now = this.clock.elapsed();
    const earned = ((now - this.#filledAt) / 1000) * this.options.perSecond;
    this.#balance = Math.min(this.#capacity, this.#balance + earned);
    this.#filledAt = now;
    if (this.#balance < 1) return false;
    this.#balance -= 1;
    return true;
  }
}

/** One budget per route. */
export class RetryBudgets {
  readonly #budgets = new Map<string, RetryBudget>();

  constructor(
    private readonly optionsOf: (route: string) => RetryBudgetOptions,
    private readonly clock: Clock,
  ) {}

  /** The budget of a configured route. The configuration bounds their number. */
  get(route: string): RetryBudget {
    let budget = this.#budgets.get(route);
    if (!budget) this.#budgets.set(route, (budget = new RetryBudget(this.optionsOf(route), this.clock)));
    return budget;
  }
}
