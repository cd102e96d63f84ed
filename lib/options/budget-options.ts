import { z } from 'zod';
import type { BudgetAction, BudgetPolicy } from '../money/budget-policy.js';
import { MAX_DOLLARS, nano } from '../money/money.js';
import { duration, type Duration } from '../validation/duration.js';
import { defined } from '../kit/defined.js';

const MINUTE = 60_000;

/** What may be spent. What a call may cost is set aside before it is sent, and its real cost booked when it ends. */
export interface BudgetOptions {
  /** US dollars per calendar month (UTC), 4,000,000 at most. Default: no limit, spending is counted. */
  perMonth?: number | undefined;
  /**
   * A call that is not covered: `reject` (default) answers 402, `fallback` asks a cheaper environment of the route and
   * rejects when that is not covered either, `alert` lets it through.
   */
  action?: BudgetAction | undefined;
  /** Percent of `perMonth` at which to alert, 1–1,000 each. Default 50, 80 and 100. */
  alertAt?: number[] | undefined;
  /** Money that nobody settles, because the process has crashed, is free again after this. Default: 5 minutes longer than twice the longest `timeouts.streamTotal`, one for the provider and one for the caller. */
  reservationTtl?: Duration | undefined;
  /**
   * While Redis is away: `lastKnown` (default) lets each process spend what was left when it was last there, `reject`
   * refuses. Has no meaning for a budget in memory.
   */
  whenUnavailable?: 'lastKnown' | 'reject' | undefined;
}

export const budget = z.strictObject({
  perMonth: z.number().min(0).max(MAX_DOLLARS).optional(),
  action: z.enum(['alert', 'reject', 'fallback']).optional(),
  alertAt: z.array(z.number().min(1).max(1_000)).max(20).optional(),
  reservationTtl: duration.optional(),
  whenUnavailable: z.enum(['lastKnown', 'reject']).optional(),
});

/** @param longestStream the longest `streamTotal` of all, milliseconds: the provider may take as much, and the caller too. */
export function budgetPolicy(
  input: z.output<typeof budget> | undefined,
  longestStream: number,
): BudgetPolicy | undefined {
  if (!input) return undefined;
  const { perMonth, ...rest } = input;
  return {
    action: 'reject',
    alertAt: [50, 80, 100],
    reservationTtl: 2 * longestStream + 5 * MINUTE,
    whenUnavailable: 'lastKnown',
    ...defined(rest),
    limit: perMonth === undefined ? undefined : nano(perMonth),
  };
}
