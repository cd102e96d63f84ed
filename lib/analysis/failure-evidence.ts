import { logMeanExp } from './numerics.js';

/**
 * Units that failed in a stretch of time with a constant share of the canary. A unit (user, conversation, or a request
 * without a key) counts once per rollout, at its first failure, for the arm it was then in.
 */
export interface SegmentFailures {
  /**
   * Share of the canary in this stretch, in [0, 1]: of the units that might fail. That is its weight, unless
   * conversations are pinned across a change of weights. At 0 and 1 there is nothing to compare with, and the stretch
   * says nothing.
   */
  readonly share: number;
  readonly canary: number;
  readonly baseline: number;
}

/**
 * How many times worse than tolerated the canary may be, each with the same prior weight. A canary that is less than
 * about 1.12 times worse, half of the way to the first one, is never found.
 */
const WORSE = [1.25, 1.5, 2, 3, 5, 10, 30, 100];

/**
 * Evidence that the canary fails more often than is tolerated, as the logarithm of an e-value: a grid mixture of
 * likelihood ratios on the one question "which arm did this failure come from". An outage that hits both arms is not
 * evidence, and rates may drift. Valid at every moment it is looked at: when the canary is no worse than tolerated, it
 * reaches `ln(1/alpha)`, ever, with a probability of at most `alpha`.
 *
 * After Lindon & Malek, *Anytime-Valid Inference for Multinomial Count Data*, NeurIPS 2022 (arXiv:2011.03567); the
 * one-sided grid is an adaptation.
 *
 * @param ratio greatest ratio of the canary's failure rate to the baseline's that is tolerated, above 0; 1: no worse.
 * @returns a natural logarithm; 0 without failures.
 * @example
 * ```ts
 * const segments = [{ share: 0.05, canary: 3, baseline: 0 }];
 * const failed = logFailureEvidence(segments, 1) >= Math.log(1 / 0.01); // true: three of three at a share of 5%
 * ```
 */
export function logFailureEvidence(segments: readonly SegmentFailures[], ratio: number): number {
  return logMeanExp(logLikelihoodRatios(segments, ratio));
}

/**
 * The logarithms of the likelihood ratios that {@link logFailureEvidence} mixes, one for each multiple. They are linear
 * in the counts, so that the evidence of other counts can be computed without summing again.
 */
export function logLikelihoodRatios(segments: readonly SegmentFailures[], ratio: number): number[] {
  return WORSE.map((multiple) => {
    const logMultiple = Math.log(multiple);
    let sum = 0;
    for (const { share, canary, baseline } of segments) {
      if (!(share > 0 && share < 1)) continue;
      // ln(θ/θ0) for each failure of the canary and ln((1−θ)/(1−θ0)) for each of the baseline, where θ = wr / (wr + 1 −
      // w) is the canary's share of the failures at a ratio r, and θ0 the same at the tolerated one. The factor that
      // both share is taken out, so that nothing cancels at a share near 0 or 1.
      const tolerated = (share * ratio) / (share * ratio + 1 - share);
      sum += canary * logMultiple - (canary + baseline) * Math.log1p(tolerated * (multiple - 1));
    }
    return sum;
  });
}
