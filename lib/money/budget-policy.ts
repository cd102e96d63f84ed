import type { BudgetScope } from './budget-store.js';
import { dollars } from './money.js';

/** The treatment of a call that the budget does not cover. */
export type BudgetAction = 'alert' | 'reject' | 'fallback';

/** Parsed `budget` options. */
export interface BudgetPolicy {
  /** Nano-dollars per calendar month (UTC); `undefined`: spending is only counted. */
  readonly limit: number | undefined;
  readonly action: BudgetAction;
  /** Percent of the limit. */
  readonly alertAt: readonly number[];
  /** Milliseconds. */
  readonly reservationTtl: number;
  readonly whenUnavailable: 'lastKnown' | 'reject';
}

/** Key of the app's budget in a store. */
export const APP_SCOPE = 'app';

export function routeScope(alias: string): string {
  return `route:${alias}`;
}

export function scopeOf(key: string, { limit, action, alertAt, whenUnavailable }: BudgetPolicy): BudgetScope {
  return {
    key,
    limit: action === 'alert' ? undefined : limit,
    marks:
      limit === undefined ? [] : alertAt.map((percent) => ({ percent, amount: Math.ceil((limit / 100) * percent) })),
    strict: whenUnavailable === 'reject' && action !== 'alert',
  };
}

/** `the month's budget of route "chat" ($10.00)` */
export function inWords(key: string, { limit }: BudgetPolicy): string {
  const whose = key === APP_SCOPE ? 'the app' : `route "${key.slice(routeScope('').length)}"`;
  return `the month's budget of ${whose} ($${dollars(limit ?? 0).toFixed(2)})`;
}
