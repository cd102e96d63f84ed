import type { Clock } from '../kit/clock.js';
import { mayBeBilled } from '../domain/outcome.js';
import type { Target } from '../routing/route-table.js';
import type { PriceOf } from '../domain/usage.js';
import { highestUsage } from '../upstream/estimate-usage.js';
import { preparedBody } from '../upstream/prepared-body.js';
import type { CallRequest } from '../router/call-request.js';
import type { CallEnd } from '../router/mirror.js';
import { MonthlyBudget, type Reservation } from './monthly-budget.js';

/** Set aside of the month's money, and of what the shadow stage of a rollout may spend. */
export interface MirrorReservation extends Reservation {
  readonly stage?: { readonly budget: MonthlyBudget; readonly reservation: Reservation } | undefined;
}

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

  /**
   * Sets aside what the mirror may cost, or says why it cannot.
   *
   * @param stage what the stage of a rollout that wants the mirror may spend.
   */
  reserve(
    { dialect, body }: CallRequest,
    { version }: Target,
    stage?: MonthlyBudget,
  ): MirrorReservation | 'budget' | 'stage' | 'unpriced' {
    // Without a limit nothing can be refused: the body need not be looked through.
    if (this.budget.limit === undefined && stage?.limit === undefined) return this.budget.reserve(0) ?? 'budget';
    const usage = highestUsage(preparedBody(dialect, body, version).body, dialect);
    const estimate = this.priceOf(version.model, usage);
    if (estimate === undefined) return 'unpriced';
    const ofStage = stage?.reserve(estimate);
    if (stage && !ofStage) return 'stage';
    const reservation = this.budget.reserve(estimate);
    if (reservation) return { ...reservation, stage: stage && ofStage && { budget: stage, reservation: ofStage } };
    if (ofStage) stage?.settle(ofStage, 0);
    return 'budget';
  }

  settle(reservation: MirrorReservation, { outcome, cost, timeToFirstToken }: CallEnd): void {
    const isOpen = mayBeBilled(outcome, timeToFirstToken !== undefined);
    const spent = cost ?? (isOpen ? reservation.amount : 0);
    this.budget.settle(reservation, spent);
    reservation.stage?.budget.settle(reservation.stage.reservation, spent);
  }
}
