import type { SegmentCounts } from './failure-evidence.js';
import { logGamma } from './numerics.js';

/** Weight of the prior: how firmly it is believed that shares are near the weights. */
const CONCENTRATION = 100;

/**
 * Evidence that units were not split as the weights say, in whatever direction: the logarithm of a Bayes factor, valid at
 * every moment. What the gates say rests on the split, so from `ln(1/alpha)` on nothing may be concluded from them.
 *
 * Lindon & Malek, *Anytime-Valid Inference for Multinomial Count Data*, NeurIPS 2022 (arXiv:2011.03567).
 *
 * @returns 0 without units; segments in which one arm has all of the traffic say nothing.
 */
export function logSampleRatioEvidence(segments: readonly SegmentCounts[]): number {
  return segments.reduce((sum, segment) => sum + logBayesFactor(segment), 0);
}

function logBayesFactor({ share, canary, baseline }: SegmentCounts): number {
  if (share <= 0 || share >= 1) return 0;
  const arms = [
    { expected: share, seen: canary },
    { expected: 1 - share, seen: baseline },
  ];
  return arms.reduce(
    (sum, { expected, seen }) => {
      const prior = CONCENTRATION * expected;
      return sum + logGamma(prior + seen) - logGamma(prior) - seen * Math.log(expected);
    },
    logGamma(CONCENTRATION) - logGamma(CONCENTRATION + canary + baseline),
  );
}
