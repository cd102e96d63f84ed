import type { Clock } from '../kit/clock.js';
import type { ShadowPair } from '../telemetry/shadow-pair.js';
import { DriftWatch } from './drift-watch.js';
import { PairWatch } from './pair-watch.js';
import type { MirrorBudget } from '../money/mirror-budget.js';
import { NoMirrorWatch } from './no-mirror-watch.js';
import type { ShadowAlert } from './shadow-alert.js';
import type { ShadowPolicy } from './shadow-policy.js';

/** Turns findings of a route's watches into alerts. */
export class ShadowAlarms {
  readonly #noMirror: NoMirrorWatch;
  readonly #pairs: PairWatch;

  constructor(
    private readonly route: string,
    policy: ShadowPolicy,
    private readonly clock: Clock,
    private readonly emit: (alert: ShadowAlert) => void,
  ) {
    this.#noMirror = new NoMirrorWatch(policy.noMirrorAlertAfter, clock);
    this.#pairs = new PairWatch(clock);
  }

  /** A mirror is wanted. */
  wanted(): void {
    const overdue = this.#noMirror.wanted();
    if (!overdue) return;
    const minutes = Math.round((this.clock.now() - overdue.since) / 60_000);
    this.#raise({
      type: 'no_mirrors',
      message:
        `${overdue.wanted} mirrors were wanted in ${minutes} minutes, and none succeeded: ` +
        'see shed and failures in shadowReport().',
      ...overdue,
    });
  }

  ended(pair: ShadowPair, drift: DriftWatch, policy: ShadowPolicy): void {
    if (pair.shadow.outcome === 'ok') this.#noMirror.recorded();
    this.#pairEnded(pair, policy);
    const found = drift.add(pair);
    if (!found) return;
    const { pairs, meanSimilarity, outsideTolerance, outsideTime } = found;
    const late =
      outsideTime === null ? '' : `, late by more than ${policy.maxTemporalDriftMs} ms: ${percent(outsideTime)}`;
    this.#raise({
      type: 'response_drift',
      message:
        `Over the last ${pairs} pairs the mean similarity is ${alike(meanSimilarity)} ` +
        `(threshold ${policy.similarityThreshold}), outside the token tolerance: ${percent(outsideTolerance)}${late}.`,
      ...found,
    });
  }

  #pairEnded(pair: ShadowPair, policy: ShadowPolicy): void {
    const found = this.#pairs.add(pair, policy);
    if (!found) return;
    const { similarity, late, untold } = found;
    const more = untold === 0 ? '' : ` ${untold} more drifted since the last report.`;
    const time = late ? `, and the shadow is late by more than ${policy.maxTemporalDriftMs} ms` : '';
    this.#raise({
      type: 'response_drift',
      message:
        `The similarity of the answers to request ${pair.requestId} is ${alike(similarity)} ` +
        `(threshold ${policy.similarityThreshold})${time}.${more}`,
      pairs: 1,
      meanSimilarity: similarity,
      outsideTolerance: share(pair.comparison?.outsideTolerance),
      outsideTime: share(pair.comparison?.outsideTime),
      requestId: pair.requestId,
    });
  }

  /** The budget did not cover a mirror. */
  refused(budget: MirrorBudget): void {
    if (!budget.isNews()) return;
    const { spent: spentUsd, limit: budgetUsd = 0 } = budget;
    this.#raise({
      type: 'shadow_budget',
      message:
        `The month's budget for mirrors is spent: $${spentUsd.toFixed(2)} of $${budgetUsd.toFixed(2)}. ` +
        'The rest does not cover another one.',
      spentUsd,
      budgetUsd,
    });
  }

  #raise(alert: WithoutOrigin<ShadowAlert>): void {
    this.emit({ ...alert, route: this.route, at: this.clock.now() });
  }
}

const alike = (similarity: number | null): string => similarity?.toFixed(2) ?? 'unknown';
const percent = (part: number | null): string => (part === null ? 'unknown' : `${Math.round(part * 100)}%`);
const share = (outside: boolean | null = null): number | null => (outside === null ? null : Number(outside));

type WithoutOrigin<T> = T extends unknown ? Omit<T, 'route' | 'at'> : never;
