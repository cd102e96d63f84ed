import { z } from 'zod';
import type { BudgetAction, BudgetPolicy } from '../money/budget-policy.js';
import { MAX_DOLLARS, nano } from '../money/money.js';
import { duration, type Duration } from '../validation/duration.js';

const MINUTE = 60_000;

/**
 * A monthly budget. The most that a call may cost is set aside before it is sent; its real cost is booked when it
 * ends.
 */
export interface BudgetOptions {
  /** US dollars per calendar month (UTC), at most 4,000,000. Default: no limit, spending is counted. */
  perMonthUsd?: number | undefined;
  /**
   * A call that is not covered: `reject` (default) answers 402, `fallback` asks a cheaper environment of the route and
   * rejects if that is not covered either, `alert` lets it through.
   */
  action?: BudgetAction | undefined;
  /** Percent of `perMonthUsd` at which to alert, 1–1,000 each. Default 50, 80 and 100. */
  alertAt?: number[] | undefined;
  /**
   * Money that a crashed process had set aside is free again after this. Default: twice the longest
   * `timeouts.streamTotal`, once for the provider and once for the caller, plus 5 minutes.
   */
  reservationTtl?: Duration | undefined;
  /**
   * While Redis is away: `lastKnown` (default) lets each process spend what was left when Redis was last there,
   * `reject` refuses. Has no effect on a budget in memory.
   */
  whenUnavailable?: 'lastKnown' | 'reject' | undefined;
}

export const budget = z.strictObject({
  perMonthUsd: z.number().min(0).max(MAX_DOLLARS).optional(),
  action: z.enum(['alert', 'reject', 'fallback']).default('reject'),
  alertAt: z.array(z.number().min(1).max(1_000)).max(20).default([50, 80, 100]),
  reservationTtl: duration.optional(),
  whenUnavailable: z.enum(['lastKnown', 'reject']).default('lastKnown'),
});

/**
 * @param longestStream the longest `streamTotal` of all, milliseconds: the provider may take that long, and so may the
 * caller.
 */
export function budgetPolicy(
  input: z.output<typeof budget> | undefined,
  longestStream: number,
): BudgetPolicy | undefined {
  if (!input) return undefined;
  const { perMonthUsd, reservationTtl = 2 * longestStream + 5 * MINUTE, ...rest } = input;
  return { ...rest, reservationTtl, limit: perMonthUsd === undefined ? undefined : nano(perMonthUsd) };
}
