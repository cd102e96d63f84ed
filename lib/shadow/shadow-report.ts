import type { ShadowSummary } from '../telemetry/shadow-tally.js';
import type { ShedReason } from './shadow-policy.js';

/** The results of a route's mirrors since the canary's version was first mirrored to. */
export interface ShadowReport extends ShadowSummary {
  readonly route: string;
  readonly percentage: number;
  /** How answers are compared now. */
  readonly comparisonMode: 'semantic' | 'exact';
  /** Lowest similarity that counts as the same answer now. */
  readonly similarityThreshold: number;
  /** Where mirrors go now; absent when the route has no second environment. */
  readonly environment: string | undefined;
  readonly version: string | undefined;
  /** Number of pairs that are open now. */
  readonly open: number;
  /** Mirrors that were not sent since this process started, by reason. */
  readonly shed: Readonly<Record<ShedReason, number>>;
  /** US dollars, this calendar month (UTC), this process; a cost that is not known is booked at its estimate. */
  readonly spentThisMonthUsd: number;
  readonly monthlyBudgetUsd: number | undefined;
  /** Wall time of the last pair whose shadow answered. */
  readonly lastMirrorAt: number | undefined;
  /** Lines that did not make it into the file. */
  readonly droppedLines: number;
}
