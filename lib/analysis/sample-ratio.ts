import { logGamma } from './numerics.js';

/** Units that came for the first time in a stretch of constant weights, for each arm in the same order. */
export interface SegmentAssignments {
  /** Any unit: only their proportions matter. An arm without weight is left out. */
  readonly weights: readonly number[];
  readonly units: readonly number[];
}

/** How firmly the weights are believed beforehand, in units. */
const FIRMNESS = 100;

/**
 * Evidence that units were not assigned by the weights, as the logarithm of an e-value: a Bayes factor of Dirichlet
 * against fixed proportions, two-sided. Valid at every moment it is looked at: while the weights hold, it reaches
 * `ln(1/alpha)`, ever, with a probability of at most `alpha`. Segments multiply.
 *
 * After Lindon & Malek, *Anytime-Valid Inference for Multinomial Count Data*, NeurIPS 2022 (arXiv:2011.03567).
 *
 * @returns a natural logarithm; 0 without units.
 * @example
 * ```ts
 * const broken = logAssignmentEvidence([{ weights: [5, 95], units: [100, 900] }]) >= Math.log(1 / 0.01); // true
 * ```
 */
export function logAssignmentEvidence(segments: readonly SegmentAssignments[]): number {
  return segments.reduce((sum, segment) => sum + logBayesFactor(segment), 0);
}

function logBayesFactor({ weights, units }: SegmentAssignments): number {
  const arms = weights.map((weight, arm) => ({ weight, count: units[arm] ?? 0 })).filter(({ weight }) => weight > 0);
  const total = arms.reduce((sum, { weight }) => sum + weight, 0);
  const count = arms.reduce((sum, arm) => sum + arm.count, 0);
  return arms.reduce(
    (sum, arm) => {
      const expected = arm.weight / total;
      const prior = FIRMNESS * expected;
      return sum + logGamma(prior + arm.count) - logGamma(prior) - arm.count * Math.log(expected);
    },
    logGamma(FIRMNESS) - logGamma(FIRMNESS + count),
  );
}
