import type { UnitBuckets } from '../../domain/figures.js';
import { BUCKETS } from '../../kit/second-hash.js';

/** The mean of an arm: of all that is known of its samples, what a comparison needs. */
export interface UnitMean {
  readonly count: number;
  /** Buckets with samples. */
  readonly buckets: number;
  readonly mean: number;
  /** SE². */
  readonly squaredError: number;
}

/** The canary's mean less the baseline's, with a bound on either side. */
export interface BucketDifference {
  readonly difference: number;
  /** With a probability of 1 − alpha the true difference is above this at every moment it is looked at. */
  readonly lower: number;
  /** …and, with a probability of 1 − alpha, below this. */
  readonly upper: number;
}

/** Rounding leaves this much variance, relative to the mean square, in values that are all the same. */
const ROUNDING = 1e-12;
/** Buckets with values that an arm needs before it says anything. */
export const FEWEST_BUCKETS = 30;

/**
 * The difference of two means whose values come from units that differ: one user may have a tenth of the traffic, and
 * cost five times as much. The error comes from how much buckets of units differ, not from how much requests do.
 *
 * SE² = G/(G−1) · Σ_b (Σ(x − R̂))² / n² over G buckets that are not empty, where R̂ is the arm's mean. The width is
 * that of an asymptotic confidence sequence (Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas, *Annals of Statistics*
 * 2024, arXiv:2103.06476). Units that differ: Deng, Knoblich & Lu, *KDD* 2018 (arXiv:1803.06336).
 *
 * @param alpha chance of a false alarm, in (0, 0.5).
 * @param tunedFor values in both arms for which the bounds are narrowest.
 * @returns `undefined` below 30 buckets with values in either arm.
 */
export function bucketMeanDifference(
  { canary, baseline }: { readonly canary: UnitBuckets; readonly baseline: UnitBuckets },
  alpha: number,
  tunedFor = 5_000,
): BucketDifference | undefined {
  return unitMeanDifference({ canary: unitMean(canary), baseline: unitMean(baseline) }, alpha, tunedFor);
}

/** The same of means whose errors are known already. */
export function unitMeanDifference(
  { canary, baseline }: { readonly canary: UnitMean; readonly baseline: UnitMean },
  alpha: number,
  tunedFor = 5_000,
): BucketDifference | undefined {
  if (Math.min(canary.buckets, baseline.buckets) < FEWEST_BUCKETS) return undefined;
  const difference = canary.mean - baseline.mean;
  const error = Math.sqrt(canary.squaredError + baseline.squaredError);
  const halfWidth = error * widthInErrors(canary.count + baseline.count, alpha, tunedFor);
  return { difference, lower: difference - halfWidth, upper: difference + halfWidth };
}

/** The mean of an arm, and its error by how much buckets of units differ. */
export function unitMean({ counts, sums }: UnitBuckets): UnitMean {
  const count = counts.reduce((all, n) => all + n, 0);
  const buckets = counts.filter((n) => n > 0).length;
  const mean = count > 0 ? sums.reduce((all, sum) => all + sum, 0) / count : 0;
  if (buckets < 2) return { count, buckets, mean, squaredError: 0 };
  const squares = sums.reduce((all, sum, b) => all + (sum - mean * (counts[b] ?? 0)) ** 2, 0);
  const squaredError = ((buckets / (buckets - 1)) * squares) / count ** 2;
  return { count, buckets, mean, squaredError: Math.max(squaredError, (ROUNDING * mean ** 2) / count) };
}

/** Distance of a bound from the mean after `n` values, in standard errors. */
function widthInErrors(n: number, alpha: number, tunedFor: number): number {
  const spent = -2 * Math.log(2 * alpha);
  const tuning = (spent + Math.log1p(spent)) / tunedFor;
  const grown = n * tuning + 1;
  return Math.sqrt(((2 * grown) / (n * tuning)) * Math.log1p(Math.sqrt(grown) / (2 * alpha)));
}

/** Sums to add to, all of them 0. */
export function emptyBuckets(): { counts: number[]; sums: number[] } {
  return { counts: zeros(), sums: zeros() };
}

function zeros(): number[] {
  return Array.from({ length: BUCKETS }, () => 0);
}
