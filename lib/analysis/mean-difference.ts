/** Sums over samples of one arm. */
export interface SampleSums {
  readonly count: number;
  readonly sum: number;
  /** Sum of the squares. */
  readonly squares: number;
}

export interface MeanDifference {
  /** Mean of the canary minus mean of the baseline. */
  readonly difference: number;
  /** Half of the width: at every moment the true difference is above `difference − halfWidth`, and the like below. */
  readonly halfWidth: number;
}

/** Samples per arm below which the asymptotics say nothing. */
export const MIN_SAMPLES = 50;
/** Samples that the sequence is tightest at. */
const TUNED_FOR = 5_000;

/**
 * Half of the width of a one-sided asymptotic confidence sequence for a mean, or a difference of means: valid at every
 * moment, with a probability of error of about `alpha` in all.
 *
 * Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas, *Time-uniform central limit theory and asymptotic confidence
 * sequences*, Ann. Stat. 2024 (arXiv:2103.06476).
 *
 * @param squaredError of the estimate: variance by number of samples, summed over the arms.
 * @param n samples in all.
 * @param alpha in (0, 0.5).
 */
export function halfWidth(squaredError: number, n: number, alpha: number): number {
  const tail = -2 * Math.log(2 * alpha);
  const rho = Math.sqrt((tail + Math.log(1 + tail)) / TUNED_FOR);
  const spread = n * rho * rho + 1;
  const width = ((2 * spread) / (n * rho) ** 2) * Math.log(1 + Math.sqrt(spread) / (2 * alpha));
  return Math.sqrt(squaredError * n * width);
}

/**
 * What the means of two arms are apart.
 *
 * @returns `undefined` with fewer than 50 samples in one of the arms.
 */
export function meanDifference(canary: SampleSums, baseline: SampleSums, alpha: number): MeanDifference | undefined {
  if (canary.count < MIN_SAMPLES || baseline.count < MIN_SAMPLES) return undefined;
  const squaredError = variance(canary) / canary.count + variance(baseline) / baseline.count;
  return {
    difference: meanOf(canary) - meanOf(baseline),
    halfWidth: halfWidth(squaredError, canary.count + baseline.count, alpha),
  };
}

export function meanOf({ count, sum }: SampleSums): number {
  return sum / count;
}

/** Of the samples, unbiased. */
export function variance({ count, sum, squares }: SampleSums): number {
  // Rounding may leave it a hair below zero.
  return Math.max(0, (squares - (sum * sum) / count) / (count - 1));
}
