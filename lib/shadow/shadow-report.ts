import type { ShadowSummary } from '../telemetry/shadow-tally.js';
import type { ShedReason } from './shadow-policy.js';

/** What the mirrors of a route have shown, since the version on trial was first mirrored to. */
export interface ShadowReport extends ShadowSummary {
  readonly route: string;
  readonly percentage: number;
  /** Where mirrors go now; absent when the route has nobody to mirror to. */
  readonly environment: string | undefined;
  readonly version: string | undefined;
  /** Pairs that are open now. */
  readonly open: number;
  /** Mirrors that were wanted and not sent, since this process started, by reason. */
  readonly shed: Readonly<Record<ShedReason, number>>;
  /** US dollars, this calendar month (UTC), this process; what cannot be known is booked at its estimate. */
  readonly spentThisMonthUsd: number;
  readonly monthlyBudgetUsd: number | undefined;
  /** Wall time of the last pair whose shadow answered. */
  readonly lastMirrorAt: number | undefined;
  /** Lines that did not make it into the file. */
  readonly droppedLines: number;
}
