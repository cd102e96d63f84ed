import { firstWhere, logBeta } from './numerics.js';

/** Which of the values in ascending order, the first one being 1, bound a quantile; `undefined`: nothing does yet. */
export interface QuantileRanks {
  readonly lower: number | undefined;
  readonly upper: number | undefined;
}

/**
 * Bounds on a quantile that hold for any distribution and at every moment they are looked at: a confidence sequence from
 * a beta-binomial mixture. The true quantile ever lies outside with a probability of at most `alpha`, both sides together. The
 * caller turns ranks into values, from a histogram say.
 *
 * After Howard & Ramdas, *Sequential estimation of quantiles with applications to A/B testing and best-arm
 * identification*, Bernoulli 28(3), 2022.
 *
 * @param p which quantile, in (0, 1): 0.95 for p95.
 * @param count how many values there are.
 * @param alpha in (0, 1).
 * @param tunedFor how many values the bounds are narrowest for.
 * @example
 * ```ts
 * const { lower, upper } = quantileRanks(0.95, 2_000, 0.05); // 1869 and 1929
 * ```
 */
export function quantileRanks(p: number, count: number, alpha: number, tunedFor = 1_000): QuantileRanks {
  const below = deviation(1 - p, p, count, alpha, tunedFor);
  const above = deviation(p, 1 - p, count, alpha, tunedFor);
  return {
    lower: below === undefined ? undefined : Math.floor(count * p - below + 1),
    upper: above === undefined ? undefined : Math.ceil(count * p + above),
  };
}

/**
 * By how much a count that grows by 1 with probability `g` can exceed what is expected of it before the mixture says that
 * it does not. `h` is 1 − g.
 */
function deviation(g: number, h: number, count: number, alpha: number, tunedFor: number): number | undefined {
  const needed = -Math.log(alpha);
  const v = g * h * count;
  const rho = (g * h * tunedFor) / (2 * needed + Math.log1p(2 * needed));
  const r = Math.max(rho - g * h, 1e-3 * g * h);
  const prior = logBeta(r / g, r / h);
  const enough = (s: number): boolean => {
    const [hits, misses] = [v / h + s, v / g - s];
    return -hits * Math.log(g) - misses * Math.log(h) + logBeta(r / g + misses, r / h + hits) - prior >= needed;
  };
  // Nothing but hits: no count can deviate further.
  const most = v / g;
  return count > 0 && enough(most) ? firstWhere(enough, 0, most) : undefined;
}
