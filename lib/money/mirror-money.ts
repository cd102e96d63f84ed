import { mayBeBilled } from '../domain/outcome.js';
import type { PriceOf } from '../domain/usage.js';
import type { Clock } from '../kit/clock.js';
import { preparedBody } from '../upstream/prepared-body.js';
import type { CallRequest } from '../router/call-request.js';
import type { Target } from '../routing/route-table.js';
import type { ShadowSide } from '../telemetry/shadow-pair.js';
import { highestUsage } from '../upstream/estimate-usage.js';
import { MirrorBudget, type Reservation } from './mirror-budget.js';

/** Set aside of the month's money, and of the money of a rollout's shadow stage. */
export interface MirrorReservation extends Reservation {
  readonly stage?: { readonly budget: MirrorBudget; readonly reservation: Reservation } | undefined;
}

/** The money side of one route's mirrors. */
export class MirrorMoney {
  readonly budget: MirrorBudget;

  constructor(
    limit: number | undefined,
    clock: Clock,
    private readonly priceOf: PriceOf,
  ) {
    this.budget = new MirrorBudget(limit, clock);
  }

  /**
   * Sets aside what the mirror may cost, or says why it cannot.
   *
   * @param stage budget of the shadow stage that wants the mirror.
   */
  reserve(
    { dialect, body }: CallRequest,
    { version }: Target,
    stage?: MirrorBudget,
  ): MirrorReservation | 'budget' | 'stage' | 'unpriced' {
    // Without a limit nothing can be refused: there is no need to measure the body.
    if (this.budget.limit === undefined && stage?.limit === undefined) return this.budget.reserve(0) ?? 'budget';
    const usage = highestUsage(preparedBody(dialect, body, version).body, dialect);
    const estimate = this.priceOf(version.model, usage, version.upstream);
    if (estimate === undefined) return 'unpriced';
    const ofStage = stage?.reserve(estimate);
    if (stage && !ofStage) return 'stage';
    const reservation = this.budget.reserve(estimate);
    if (reservation) return { ...reservation, stage: stage && ofStage && { budget: stage, reservation: ofStage } };
    if (ofStage) stage?.settle(ofStage, 0);
    return 'budget';
  }

  settle(reservation: MirrorReservation, { outcome, cost, timeToFirstToken }: ShadowSide): void {
    const isOpen = mayBeBilled(outcome, timeToFirstToken !== undefined);
    const spent = cost ?? (isOpen ? reservation.amount : 0);
    this.budget.settle(reservation, spent);
    reservation.stage?.budget.settle(reservation.stage.reservation, spent);
  }
}
