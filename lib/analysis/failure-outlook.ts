import { LOG_MULTIPLES, penaltiesAt } from './evidence/multiples.js';
import { LOG_START_WEIGHTS } from './evidence/start-mixture.js';
import { sumsOf, type ClaimCounts } from './evidence/starts.js';
import { logLikelihoodRatios, type SegmentFailures } from './failure-evidence.js';
import { firstWhere, firstWholeWhere, logMeanExp, logSumExp } from './numerics.js';

/** Limits of the search. Larger answers would not help anybody. */
const MOST_FAILURES = 1e9;
const WORST_RATIO = 1e6;
/** Relative precision of a ratio that people read. */
const PRECISION = 1e-4;

/**
 * How much worse than the baseline a canary would have to be to be found by now: the least ratio at which its expected
 * failures would have been enough evidence. The expectation goes by the baseline's failures so far. At that ratio the
 * odds are about even.
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
  // For a canary as bad as the baseline. If one arm has all of the traffic nothing is compared, and this is not read.
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

/** Evidence that would be enough. */
export interface Goal {
  /** Of the canary now, in (0, 1). */
  readonly share: number;
  readonly ratio: number;
  /** Natural logarithm. */
  readonly needed: number;
}

/**
 * How many more failures of the canary would be enough evidence, at its present share and with none of the baseline in
 * between. Each of a unit that never failed before: it counts for all starting points up to now.
 *
 * @param sums of these claims at this ratio, where they are known.
 * @returns 0 when it is enough already; `Infinity` when no number would do, as with all or nothing of the traffic.
 * @example
 * ```ts
 * failuresUntilEnough([], { share: 0.05, ratio: 1, needed: Math.log(100) }); // 3
 * ```
 */
export function failuresUntilEnough(
  claims: readonly ClaimCounts[],
  { share, ratio, needed }: Goal,
  sums = sumsOf(claims, ratio),
): number {
  if (!(share > 0 && share < 1)) return Infinity;
  const latest = claims.reduce((last, { start }) => Math.max(last, start), 0);
  const before = sums.byAlternative(latest);
  // Starting points that are not reached yet count as 1.
  const rest = logSumExp(LOG_START_WEIGHTS.slice(latest + 1));
  const penalties = penaltiesAt((share * ratio) / (share * ratio + 1 - share));
  const gains = penalties.map((penalty, j) => LOG_MULTIPLES[j]! - penalty);
  const isEnough = (canary: number): boolean =>
    logSumExp([...before.map((log, j) => log + canary * gains[j]!), rest]) >= needed;
  return firstWholeWhere(isEnough, MOST_FAILURES);
}
