import type { Clock } from '../kit/clock.js';

/** Money set aside for a call that is under way. Settle it exactly once. */
export interface Reservation {
  readonly amount: number;
}

/**
 * Money for mirrors, US dollars per calendar month (UTC). What a call may cost is set aside before it is made, so
 * that calls that run at the same time cannot spend the same dollar. In memory: begins anew with the process.
 */
export class MonthlyBudget {
  #month: number;
  #spent = 0;
  #reserved = 0;
  #told = false;

  constructor(
    /** `undefined`: no limit, spending is counted all the same. */
    readonly limit: number | undefined,
    private readonly clock: Clock,
    /** `false`: holds for as long as it is used, whatever the month. */
    private readonly isMonthly = true,
  ) {
    this.#month = this.#thisMonth();
  }

  /** This month, US dollars. */
  get spent(): number {
    this.#turnMonth();
    return this.#spent;
  }

  /** `undefined` when the rest of the month's money does not cover it. */
  reserve(amount: number): Reservation | undefined {
    this.#turnMonth();
    if (this.limit !== undefined && this.#spent + this.#reserved + amount > this.limit) return undefined;
    this.#reserved += amount;
    return { amount };
  }

  /** Books what it did cost; the rest is free again. */
  settle({ amount }: Reservation, cost: number): void {
    this.#turnMonth();
    this.#reserved -= amount;
    this.#spent += cost;
  }

  /** `true` when asked for the first time this month: a refusal is news once. */
  isNews(): boolean {
    this.#turnMonth();
    const isNews = !this.#told;
    this.#told = true;
    return isNews;
  }

  #turnMonth(): void {
    const month = this.#thisMonth();
    if (month === this.#month || !this.isMonthly) return;
    this.#month = month;
    this.#spent = 0;
    this.#told = false;
  }

  #thisMonth(): number {
    const date = new Date(this.clock.now());
    return date.getUTCFullYear() * 12 + date.getUTCMonth();
  }
}
