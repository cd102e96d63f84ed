import { logLikelihoodRatios, type SegmentFailures } from './failure-evidence.js';
import { firstWhere, firstWholeWhere, logMeanExp } from './numerics.js';

/** Beyond these nobody waits for an answer. */
const MOST_FAILURES = 1e9;
const WORST_RATIO = 1e6;
/** Of a ratio that people read, relative. */
const PRECISION = 1e-4;

/**
 * How much worse than the baseline a canary would have to be to be seen by now: the least ratio at which the failures
 * that would be expected of it, going by those of the baseline so far, would have been evidence enough. At that ratio
 * the odds of having been seen are about even.
 *
 * @param ratio what is tolerated, as in `logFailureEvidence`.
 * @param alpha chance of a false alarm, in (0, 1).
 * @returns above `ratio`; `Infinity` while the baseline's failures are too few to say.
 * @example
 * ```ts
 * detectableRatio([{ share: 0.05, canary: 1, baseline: 40 }], 1, 0.01); // about 4.4
 * ```
 */
export function detectableRatio(segments: readonly SegmentFailures[], ratio: number, alpha: number): number {
  const needed = -Math.log(alpha);
  const silent = segments.map((segment) => ({ ...segment, canary: 0 }));
  // Of a canary as bad as the baseline. Where one arm has everything nothing is compared, and this is not read.
  const expected = segments.map(({ share, baseline }) => ({
    share,
    canary: (baseline * share) / (1 - share),
    baseline: 0,
  }));
  const without = logLikelihoodRatios(silent, ratio);
  const each = logLikelihoodRatios(expected, ratio);
  const seenAt = (logTimes: number): boolean => {
    const times = Math.exp(logTimes);
    return logMeanExp(without.map((value, j) => value + times * each[j]!)) >= needed;
  };
  const worst = Math.log(WORST_RATIO);
  return seenAt(worst) ? Math.exp(firstWhere(seenAt, Math.log(ratio), worst, PRECISION)) : Infinity;
}

/**
 * What it would take to change the result: how many failures of the canary, at its present share and with none of the
 * baseline in between, until the evidence is enough.
 *
 * @param share of the canary now, in (0, 1).
 * @returns 0 when it is enough already; `Infinity` when no number would do, as with all or nothing of the traffic.
 * @example
 * ```ts
 * failuresUntilEnough([], 0.05, 1, 0.01); // 3
 * ```
 */
export function failuresUntilEnough(
  segments: readonly SegmentFailures[],
  share: number,
  ratio: number,
  alpha: number,
): number {
  const needed = -Math.log(alpha);
  const before = logLikelihoodRatios(segments, ratio);
  const each = logLikelihoodRatios([{ share, canary: 1, baseline: 0 }], ratio);
  return firstWholeWhere(
    (canary) => logMeanExp(before.map((value, j) => value + canary * each[j]!)) >= needed,
    MOST_FAILURES,
  );
}
