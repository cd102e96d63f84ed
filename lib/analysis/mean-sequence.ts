/** What a mean needs of the values of one arm. Sums of several replicas or segments add up. */
export interface Sums {
  readonly count: number;
  /** Σx */
  readonly sum: number;
  /** Σx² */
  readonly squares: number;
}

/** The canary's mean less the baseline's, with a bound on either side. */
export interface MeanDifference {
  readonly difference: number;
  /** With a probability of 1 − alpha the true difference is above this at every moment it is looked at. */
  readonly lower: number;
  /** …and, with a probability of 1 − alpha, below this. */
  readonly upper: number;
}

/** Values in each arm from which on the sums behave as the central limit theorem says. */
const FEWEST = 50;
/** Rounding leaves this much variance, relative to the mean square, in values that are all the same. */
const ROUNDING = 1e-12;

/**
 * The difference of two means, with an asymptotic confidence sequence: valid at every moment it is looked at, up to an
 * error that vanishes with the number of values. Each bound is one-sided at `alpha`.
 *
 * A quality score fails when `upper < -margin`; a cost fails when `lower > margin`.
 *
 * After Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas, *Time-uniform central limit theory and asymptotic confidence
 * sequences*, Annals of Statistics 2024 (arXiv:2103.06476).
 *
 * @param alpha chance of a false alarm, in (0, 0.5).
 * @param tunedFor how many values in both arms the bounds are narrowest for; fewer find great differences sooner, small
 * ones later.
 * @returns `undefined` below 50 values in either arm.
 * @example
 * ```ts
 * const canary = { count: 400, sum: 300, squares: 240 }; // mean 0.75
 * const baseline = { count: 4_000, sum: 3_400, squares: 2_960 }; // mean 0.85
 * const score = meanDifference({ canary, baseline }, 0.01);
 * const worse = score !== undefined && score.upper < -0.02;
 * ```
 */
export function meanDifference(
  { canary, baseline }: { readonly canary: Sums; readonly baseline: Sums },
  alpha: number,
  tunedFor = 5_000,
): MeanDifference | undefined {
  if (!(Math.min(canary.count, baseline.count) >= FEWEST)) return undefined;
  const difference = canary.sum / canary.count - baseline.sum / baseline.count;
  const squaredError = variance(canary) / canary.count + variance(baseline) / baseline.count;
  const halfWidth = Math.sqrt(squaredError) * widthInErrors(canary.count + baseline.count, alpha, tunedFor);
  return { difference, lower: difference - halfWidth, upper: difference + halfWidth };
}

/** How many standard errors a bound is away from the mean after `n` values. */
function widthInErrors(n: number, alpha: number, tunedFor: number): number {
  const spent = -2 * Math.log(2 * alpha);
  const tuning = (spent + Math.log1p(spent)) / tunedFor;
  const grown = n * tuning + 1;
  return Math.sqrt(((2 * grown) / (n * tuning)) * Math.log1p(Math.sqrt(grown) / (2 * alpha)));
}

function variance({ count, sum, squares }: Sums): number {
  const meanSquare = squares / count;
  return Math.max(meanSquare - (sum / count) ** 2, ROUNDING * meanSquare);
}
