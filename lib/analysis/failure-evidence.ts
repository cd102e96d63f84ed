/**
 * Units that failed in a stretch of time with a constant share of the canary. A unit (user, conversation, or a request
 * without a key) counts once per rollout, at its first failure, for the arm it was then in.
 */
export interface SegmentFailures {
  /** Share of the canary in this stretch, in [0, 1]. */
  readonly share: number;
  readonly canary: number;
  readonly baseline: number;
}

/** How many times worse than tolerated the canary is thought to be, each as likely as the others beforehand. */
const MULTIPLES = [1.25, 1.5, 2, 3, 5, 10, 30, 100];

/**
 * Evidence that the canary fails more often than the baseline, as the logarithm of an e-value: a grid mixture of
 * likelihood ratios on the one question "which arm did this failure come from". An outage of both arms is no evidence,
 * and rates may drift. Valid at every moment it is looked at: under the null hypothesis it ever reaches `ln(1/alpha)` with
 * a probability of at most `alpha`.
 *
 * After Lindon & Malek, *Anytime-Valid Inference for Multinomial Count Data*, NeurIPS 2022 (arXiv:2011.03567); the
 * one-sided grid is an adaptation.
 *
 * @param ratio greatest ratio of the canary's failure rate to the baseline's that is tolerated, above 0; 1: no worse.
 * @returns 0 without failures; the verdict is a failure from `ln(1/alpha)` on.
 */
export function logFailureEvidence(segments: readonly SegmentFailures[], ratio: number): number {
  const logRatios = MULTIPLES.map((multiple) =>
    segments.reduce((sum, segment) => sum + logLikelihoodRatio(segment, ratio, multiple), 0),
  );
  return logMeanExp(logRatios);
}

/** Of one stretch, for one multiple: the two arms' shares of the failures, under it and under the null hypothesis. */
function logLikelihoodRatio({ share, canary, baseline }: SegmentFailures, ratio: number, multiple: number): number {
  // Who has all of the traffic has all of the failures: that says nothing.
  if (share <= 0 || share >= 1) return 0;
  const tolerated = canaryShareOfFailures(share, ratio);
  const worse = canaryShareOfFailures(share, ratio * multiple);
  return canary * Math.log(worse / tolerated) + baseline * Math.log((1 - worse) / (1 - tolerated));
}

function canaryShareOfFailures(share: number, ratio: number): number {
  return (share * ratio) / (share * ratio + 1 - share);
}

/** Of numbers whose exponentials may be out of range. */
function logMeanExp(values: readonly number[]): number {
  const largest = Math.max(...values);
  const sum = values.reduce((total, value) => total + Math.exp(value - largest), 0);
  return largest + Math.log(sum / values.length);
}
