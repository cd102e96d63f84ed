import { logCeilingEvidence } from '../../lib/analysis/ceiling.js';
import { logFailureEvidence } from '../../lib/analysis/failure-evidence.js';
import { detectableRatio, failuresUntilEnough } from '../../lib/analysis/failure-outlook.js';
import { bucketMeanDifference } from '../../lib/analysis/evidence/bucket-means.js';
import { logAssignmentEvidence } from '../../lib/analysis/sample-ratio.js';

const SEGMENTS = 20;
const FAILURE_GATES = 7;
const ALPHA = 0.05 / 10;
const ROUNDS = 2_000;
/** Looks before the ones that count: the first ones pay for the compiler. */
const WARM_UP = 500;

/**
 * What it costs to look at ten gates over twenty segments: seven on failures, each with what it would take to change
 * it, a ceiling, two means; and the assignment of units.
 *
 * @returns median and p99 of one look, milliseconds.
 */
export function timeTick(): { median: number; p99: number } {
  const segments = Array.from({ length: SEGMENTS }, (_, n) => ({
    share: 0.05 + n * 0.04,
    canary: 2 + n,
    baseline: 60 - n,
  }));
  const units = segments.map(({ share }) => ({
    weights: [share, 1 - share],
    units: [Math.round(1e4 * share), Math.round(1e4 * (1 - share))],
  }));
  const buckets = Array.from({ length: 64 }, (_, n) => n);
  const sums = { counts: buckets.map(() => 62), sums: buckets.map((n) => 50 + (n % 5)) };
  const look = (): number => {
    let all = logAssignmentEvidence(units) + logCeilingEvidence(90, 4_000, 0.05);
    for (let gate = 0; gate < FAILURE_GATES; gate++) {
      const ratio = 1 + gate / 10;
      all += logFailureEvidence(segments, ratio) + detectableRatio(segments, ratio, ALPHA);
      all += failuresUntilEnough(segments, 0.5, ratio, ALPHA);
    }
    for (let gate = 0; gate < 2; gate++) all += bucketMeanDifference({ canary: sums, baseline: sums }, ALPHA)!.upper;
    return all;
  };
  const timed = (): number => {
    const begun = performance.now();
    if (!Number.isFinite(look())) throw new Error('A gate came to no number.');
    return performance.now() - begun;
  };
  for (let i = 0; i < WARM_UP; i++) timed();
  const times = Array.from({ length: ROUNDS }, timed).toSorted((a, b) => a - b);
  return { median: times[Math.floor(ROUNDS / 2)]!, p99: times[Math.floor(ROUNDS * 0.99)]! };
}
