import type { ShadowPair } from '../telemetry/shadow-pair.js';
import { similarityOf } from '../telemetry/shadow-pair.js';
import { measureOf, type ShadowPolicy } from './shadow-policy.js';

/** Share of pairs outside the token tolerance, or of the time, that counts as drift. */
const MAX_OUTSIDE = 0.2;

/** The results of the last pairs. */
export interface Drift {
  readonly pairs: number;
  readonly meanSimilarity: number | null;
  readonly outsideTolerance: number | null;
  readonly outsideTime: number | null;
}

interface Sample {
  readonly similarity: number | null;
  readonly outside: boolean | null;
  readonly late: boolean | null;
}

/** Watches the last `driftAlertAfter` compared pairs: reports drift once, and again after a recovery. */
export class DriftWatch {
  readonly #last: Sample[] = [];
  #drifting = false;

  constructor(
    private readonly policy: Pick<
      ShadowPolicy,
      'driftAlertAfter' | 'similarityThreshold' | 'embeddingRoute' | 'comparisonMode'
    >,
  ) {}

  /** The drift that this pair revealed; `undefined` when there is none or it was reported. */
  add({ comparison }: ShadowPair): Drift | undefined {
    if (!comparison) return undefined;
    const { driftAlertAfter, similarityThreshold } = this.policy;
    const { outsideTolerance: outside, outsideTime: late } = comparison;
    this.#last.push({ similarity: similarityOf(comparison, measureOf(this.policy)), outside, late });
    if (this.#last.length > driftAlertAfter) this.#last.shift();
    if (this.#last.length < driftAlertAfter) return undefined;

    const meanSimilarity = this.#mean('similarity');
    const [outsideTolerance, outsideTime] = [this.#mean('outside'), this.#mean('late')];
    const drifts =
      (meanSimilarity ?? 1) < similarityThreshold || Math.max(outsideTolerance ?? 0, outsideTime ?? 0) > MAX_OUTSIDE;
    const isNew = drifts && !this.#drifting;
    this.#drifting = drifts;
    return isNew ? { pairs: this.#last.length, meanSimilarity, outsideTolerance, outsideTime } : undefined;
  }

  #mean(figure: keyof Sample): number | null {
    const known = this.#last.flatMap(({ [figure]: value }) => (value === null ? [] : [Number(value)]));
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
  }
}
