import { logMeanExp } from './numerics.js';

/**
 * Units (users, conversations, or requests without a key) in a stretch of time with constant weights. A unit counts once
 * per rollout, at its first event, for the arm it was then in.
 */
export interface SegmentCounts {
  /** Share of the canary in this stretch, in [0, 1]. */
  readonly share: number;
  readonly canary: number;
  readonly baseline: number;
}

/** How many times worse than tolerated the canary is thought to be, each as likely as the others beforehand. */
export const MULTIPLES = [1.25, 1.5, 2, 3, 5, 10, 30, 100];

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
export function logFailureEvidence(segments: readonly SegmentCounts[], ratio: number): number {
  const logRatios = MULTIPLES.map((multiple) =>
    segments.reduce((sum, segment) => sum + logLikelihoodRatio(segment, ratio, multiple), 0),
  );
  return logMeanExp(logRatios);
}

/** Of one stretch, for one multiple: the two arms' shares of the failures, under it and under the null hypothesis. */
function logLikelihoodRatio({ share, canary, baseline }: SegmentCounts, ratio: number, multiple: number): number {
  // Who has all of the traffic has all of the failures: that says nothing.
  if (share <= 0 || share >= 1) return 0;
  const tolerated = canaryShareOfFailures(share, ratio);
  const worse = canaryShareOfFailures(share, ratio * multiple);
  return canary * Math.log(worse / tolerated) + baseline * Math.log((1 - worse) / (1 - tolerated));
}

function canaryShareOfFailures(share: number, ratio: number): number {
  return (share * ratio) / (share * ratio + 1 - share);
}

/** Failures that are looked ahead for; more would not be worth saying. */
const MAX_AHEAD = 100_000;

/** How many failures of the canary in a row, now, would take the evidence to `limit`; `undefined` when none ever would. */
export function failuresToDecide(segments: readonly SegmentCounts[], ratio: number, limit: number): number | undefined {
  const now = segments.at(-1);
  if (!now || now.share <= 0 || now.share >= 1) return undefined;
  const reached = (more: number): boolean =>
    logFailureEvidence([...segments, { share: now.share, canary: more, baseline: 0 }], ratio) >= limit;
  return smallest(reached, MAX_AHEAD);
}

/** The smallest ratio, of a few, at which the expected counts would have decided by now; `undefined` when none would. */
export function detectableRatio(segments: readonly SegmentCounts[], ratio: number, limit: number): number | undefined {
  return MULTIPLES.slice(1).find((multiple) => {
    const expected = segments.map(({ share, baseline }) => {
      const odds = share >= 1 ? 0 : share / (1 - share);
      return { share, baseline, canary: baseline * odds * ratio * multiple };
    });
    return logFailureEvidence(expected, ratio) >= limit;
  });
}

/** The smallest n in 0…most for which it holds, when it goes on holding from there; `undefined` when it never does. */
function smallest(holds: (n: number) => boolean, most: number): number | undefined {
  if (!holds(most)) return undefined;
  let low = 0;
  let high = most;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return high;
}
