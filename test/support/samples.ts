import type { UnitMean } from '../../lib/analysis/evidence/bucket-means.js';

const BUCKETS = 64;

/** So many samples of as many units: their mean, and how far they are around it, as a fraction of the mean. */
export function samplesOf(mean: number, count: number, spread = 0.1): UnitMean {
  const squaredError = count === 0 ? 0 : Math.max(spread, 1e-6) ** 2 * (mean ** 2 / count);
  return { count, buckets: Math.min(count, BUCKETS), mean, squaredError };
}
