import type { Clock } from '../kit/clock.js';
import type { ShadowPair } from '../telemetry/shadow-pair.js';
import { DriftWatch } from './drift-watch.js';
import type { MirrorBudget } from '../money/mirror-budget.js';
import { NoMirrorWatch } from './no-mirror-watch.js';
import type { ShadowAlert } from './shadow-alert.js';
import type { ShadowPolicy } from './shadow-policy.js';

/** Turns findings of a route's watches into alerts. */
export class ShadowAlarms {
  readonly #noMirror: NoMirrorWatch;

  constructor(
    private readonly route: string,
    private readonly policy: ShadowPolicy,
    private readonly clock: Clock,
    private readonly emit: (alert: ShadowAlert) => void,
  ) {
    this.#noMirror = new NoMirrorWatch(policy.noMirrorAlertAfter, clock);
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

  ended(pair: ShadowPair, drift: DriftWatch): void {
    if (pair.shadow.outcome === 'ok') this.#noMirror.recorded();
    const found = drift.add(pair);
    if (!found) return;
    const { pairs, meanSimilarity, outsideTolerance } = found;
    const similarity = meanSimilarity === null ? 'unknown' : meanSimilarity.toFixed(2);
    const outside = outsideTolerance === null ? 'unknown' : `${Math.round(outsideTolerance * 100)}%`;
    this.#raise({
      type: 'response_drift',
      message:
        `Over the last ${pairs} pairs the mean similarity is ${similarity} ` +
        `(threshold ${this.policy.similarityThreshold}), outside the token tolerance: ${outside}.`,
      ...found,
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

type WithoutOrigin<T> = T extends unknown ? Omit<T, 'route' | 'at'> : never;
