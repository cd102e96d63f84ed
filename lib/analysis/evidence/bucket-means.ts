import { BUCKETS } from './second-hash.js';

/** Values of one arm by the bucket of their unit. Sums of replicas add up; no unit is remembered. */
export interface BucketSums {
  /** Values by bucket. */
  readonly counts: readonly number[];
  /** Σx by bucket. */
  readonly sums: readonly number[];
}

/** The canary's mean less the baseline's, with a bound on either side. */
export interface BucketDifference {
  readonly difference: number;
  /** With a probability of 1 − alpha the true difference is above this at every moment it is looked at. */
  readonly lower: number;
  /** …and, with a probability of 1 − alpha, below this. */
  readonly upper: number;
}

/** Buckets with values that an arm needs before it says anything. */
const FEWEST_BUCKETS = 30;

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
  { canary, baseline }: { readonly canary: BucketSums; readonly baseline: BucketSums },
  alpha: number,
  tunedFor = 5_000,
): BucketDifference | undefined {
  const [a, b] = [meanOf(canary), meanOf(baseline)];
  if (Math.min(a.buckets, b.buckets) < FEWEST_BUCKETS) return undefined;
  const difference = a.mean - b.mean;
  const halfWidth = Math.sqrt(a.squaredError + b.squaredError) * widthInErrors(a.count + b.count, alpha, tunedFor);
  return { difference, lower: difference - halfWidth, upper: difference + halfWidth };
}

function meanOf({ counts, sums }: BucketSums): { buckets: number; count: number; mean: number; squaredError: number } {
  const count = counts.reduce((all, n) => all + n, 0);
  const mean = sums.reduce((all, sum) => all + sum, 0) / count;
  const buckets = counts.filter((n) => n > 0).length;
  const squares = sums.reduce((all, sum, b) => all + (sum - mean * (counts[b] ?? 0)) ** 2, 0);
  return { buckets, count, mean, squaredError: ((buckets / (buckets - 1)) * squares) / count ** 2 };
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
