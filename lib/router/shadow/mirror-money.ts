import type { Clock } from '../../domain/clock.js';
import { mayBeBilled } from '../../domain/outcome.js';
import type { Target } from '../../routing/route-table.js';
import type { PriceOf } from '../../domain/usage.js';
import { highestUsage } from '../../upstream/estimate-usage.js';
import type { CallRequest } from '../call.js';
import type { CallEnd } from '../mirror.js';
import { MonthlyBudget, type Reservation } from './monthly-budget.js';

/** The money side of one route's mirrors. */
export class MirrorMoney {
  readonly budget: MonthlyBudget;

  constructor(
    limit: number | undefined,
    clock: Clock,
    private readonly priceOf: PriceOf,
  ) {
    this.budget = new MonthlyBudget(limit, clock);
  }

  /** Sets aside what the mirror may cost, or says why it cannot. */
  reserve({ dialect, body }: CallRequest, { version }: Target): Reservation | 'budget' | 'unpriced' {
    // Without a limit nothing can be refused: the body need not be looked through.
    if (this.budget.limit === undefined) return this.budget.reserve(0) ?? 'budget';
    const estimate = this.priceOf(
      version.model,
      highestUsage(dialect.prepare(body, version).body, dialect.limitFields),
    );
    return estimate === undefined ? 'unpriced' : (this.budget.reserve(estimate) ?? 'budget');
  }

  settle(reservation: Reservation, { outcome, cost, timeToFirstToken }: CallEnd): void {
    const isOpen = mayBeBilled(outcome, timeToFirstToken !== undefined);
    this.budget.settle(reservation, cost ?? (isOpen ? reservation.amount : 0));
  }
}
