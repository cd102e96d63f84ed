import { logShareEvidence } from '../../lib/analysis/evidence/absolute.js';
import { sinceStart, logStartsEvidence, sumsOf, type ClaimCounts } from '../../lib/analysis/evidence/starts.js';
import { detectableRatio, failuresUntilEnough } from '../../lib/analysis/failure-outlook.js';
import { bucketMeanDifference } from '../../lib/analysis/evidence/bucket-means.js';
import { undetected } from '../../lib/analysis/detection.js';
import { logAssignmentEvidence } from '../../lib/analysis/sample-ratio.js';
import { closed, DEFAULT_ROLLOUT } from '../../lib/schedule/plan-schema.js';

const SEGMENTS = 20;
const STARTS = 64;
const FAILURE_GATES = 7;
/** Parts of the traffic that the first three of them are also compared in. */
const PARTS = 4;
const ALPHA = 0.05 / 10;
const ROUNDS = 2_000;
/** Looks before the ones that count: the first ones pay for the compiler. */
const WARM_UP = 200;

/** Users who failed, by the starting points of their last failure and of this one: some four at each. */
const CLAIMS: readonly ClaimCounts[] = Array.from({ length: STARTS }, (_, start) => {
  const share = 0.05 + Math.floor((start * SEGMENTS) / STARTS) * 0.04;
  const again = [1, 2, 5].filter((before) => start >= before).map((before) => start - before);
  return [-1, ...again].map((previous) => ({ previous, start, share, canary: 1, baseline: 8 }));
}).flat();
const SHARES = [...new Set(CLAIMS.map(({ share }) => share))];
const FAULTS = CLAIMS.map(({ previous, start, canary }) => ({ previous, start, events: canary }));
const QUIET = Array.from({ length: STARTS }, (_, start) => ({ start, requests: 60 }));

/** A step of 10 hours at 20 requests a minute, 1% of which fail. */
const DETECTING = { minSampleSize: { canary: 20, baseline: 20 }, requiresApproval: false, detect: 3 };
const had = (requests: number) => ({ judgedInSegment: requests, charged: { failed: requests / 100, total: requests } });
const STANDING = {
  rollout: { plan: closed(DEFAULT_ROLLOUT.plan), from: 'blue', to: 'green' },
  weights: { blue: 95, green: 5 },
  evidence: { canary: had(600), baseline: had(11_400), units: { canary: 600, baseline: 11_400 } },
};

/**
 * The cost of a look at ten gates over twenty segments and all starting points: seven on failures, of which three
 * are also compared in four parts of the traffic, each with what it would take to change it; a ceiling, two means; and
 * the assignment of units; and what a step with `detect` could have found, which is asked once its time is over.
 *
 * @returns median and p99 of one look, milliseconds.
 */
export function timeTick(): { median: number; p99: number } {
  const units = SHARES.map((share) => ({
    weights: [share, 1 - share],
    units: [Math.round(1e4 * share), Math.round(1e4 * (1 - share))],
  }));
  const buckets = Array.from({ length: 64 }, (_, n) => n);
  const sums = { counts: buckets.map(() => 62), sums: buckets.map((n) => 50 + (n % 5)) };
  const look = (): number => {
    let all = logAssignmentEvidence(units) + logShareEvidence(FAULTS, QUIET, 0.05).log;
    for (let gate = 0; gate < FAILURE_GATES; gate++) {
      const ratio = 1 + gate / 10;
      const counted = sumsOf(CLAIMS, ratio);
      all += counted.read().log;
      for (let part = 0; part < (gate < 3 ? PARTS : 0); part++) all += logStartsEvidence(CLAIMS, ratio).log;
      all += detectableRatio(sinceStart(CLAIMS, 0, SHARES), ratio, ALPHA);
      all += failuresUntilEnough(CLAIMS, { share: 0.5, ratio, needed: -Math.log(ALPHA) }, counted);
    }
    for (let gate = 0; gate < 2; gate++) all += bucketMeanDifference({ canary: sums, baseline: sums }, ALPHA)!.upper;
    return all + (undetected({ holdConditions: DETECTING }, STANDING)?.length ?? 0);
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
