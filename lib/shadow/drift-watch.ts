import type { ShadowPair } from '../telemetry/shadow-pair.js';
import { similarityOf } from '../telemetry/shadow-pair.js';
import type { ShadowPolicy } from './shadow-policy.js';

/** Share of pairs outside the token tolerance that counts as drift. */
const MAX_OUTSIDE = 0.2;

/** What the last pairs show. */
export interface Drift {
  readonly pairs: number;
  readonly meanSimilarity: number | null;
  readonly outsideTolerance: number | null;
}

/** Watches the last `driftAlertAfter` compared pairs: reports drift once, and again after a recovery. */
export class DriftWatch {
  readonly #last: { readonly similarity: number | null; readonly outside: boolean | null }[] = [];
  #drifting = false;

  constructor(
    private readonly policy: Pick<ShadowPolicy, 'driftAlertAfter' | 'similarityThreshold' | 'embeddingRoute'>,
  ) {}

  /** The drift that this pair revealed; `undefined` when there is none or it was reported. */
  add({ comparison }: ShadowPair): Drift | undefined {
    if (!comparison) return undefined;
    const { driftAlertAfter, similarityThreshold, embeddingRoute } = this.policy;
    const similarity = similarityOf(comparison, embeddingRoute !== undefined);
    this.#last.push({ similarity, outside: comparison.outsideTolerance });
    if (this.#last.length > driftAlertAfter) this.#last.shift();
    if (this.#last.length < driftAlertAfter) return undefined;

    const meanSimilarity = meanOf(this.#last.map((pair) => pair.similarity));
    const outsideTolerance = meanOf(this.#last.map(({ outside }) => (outside === null ? null : Number(outside))));
    const drifts = (meanSimilarity ?? 1) < similarityThreshold || (outsideTolerance ?? 0) > MAX_OUTSIDE;
    const isNew = drifts && !this.#drifting;
    this.#drifting = drifts;
    return isNew ? { pairs: this.#last.length, meanSimilarity, outsideTolerance } : undefined;
  }
}

function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}
