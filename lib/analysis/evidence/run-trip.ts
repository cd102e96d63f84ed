import type { FailedOf } from '../../domain/failure-run.js';
import { logMeanExp } from '../numerics.js';

/** A run of failures of the canary, and what the live environment did meanwhile. Units. */
export interface RunCounts {
  /** Failures that the live environment answers, or that nobody else could be asked for. */
  readonly length: number;
  /** Those of them that the live environment answered. */
  readonly answered: number;
  /** Further failures in the run that the live environment failed as well. */
  readonly unanswered: number;
  /** The live environment's own units since the run began, and a few from just before. */
  readonly beside: FailedOf;
}

/** Failure rates of a live environment that works, each as likely as the others beforehand. */
const LIVE_RATES = [0.01, 0.05, 0.2];
const FEWEST_UNITS = 1_000;

/**
 * Evidence that a run of failures is the canary's own, as the logarithm of an e-value. It compares "the canary fails
 * always, the live environment seldom" with the most likely rate at which both fail alike. So an outage of both is not
 * evidence, however short it is and however good the hours before it were.
 *
 * Universal inference: Wasserman, Ramdas & Balakrishnan, *PNAS* 2020 (arXiv:1912.11436). Its denominator is the
 * greatest likelihood of the null hypothesis, whatever the common rate is.
 *
 * @returns a natural logarithm; 0 without units.
 */
export function logRunEvidence({ length, answered, unanswered, beside }: RunCounts): number {
  const liveFailed = beside.failed + unanswered;
  const liveTotal = beside.total + answered + unanswered;
  const worse = logMeanExp(LIVE_RATES.map((rate) => logLikelihood(liveFailed, liveTotal, rate)));
  const failed = length + unanswered + liveFailed;
  const total = length + unanswered + liveTotal;
  return total === 0 ? 0 : worse - logLikelihood(failed, total, failed / total);
}

function logLikelihood(failed: number, total: number, rate: number): number {
  return times(failed, Math.log(rate)) + times(total - failed, Math.log1p(-rate));
}

/** 0·∞ is 0: what cannot happen did not. */
function times(count: number, log: number): number {
  return count === 0 ? 0 : count * log;
}

/**
 * The evidence from which a run reverts: so much that runs that begin at any of the canary's units have, together, a
 * probability of at most `alpha` to reach it. M/α, where M is the next power of two above the units so far and at least
 * 1,000. Each doubling of M has half of what the one before it had.
 *
 * @param canaryUnits units of the canary so far.
 * @param alpha the trip's part of `alphaTotal`.
 * @returns a natural logarithm.
 */
export function runLimit(canaryUnits: number, alpha: number): number {
  if (canaryUnits < FEWEST_UNITS) return Math.log(FEWEST_UNITS / (alpha / 2));
  const power = Math.floor(Math.log2(canaryUnits)) + 1;
  const doublings = power - Math.floor(Math.log2(FEWEST_UNITS));
  return power * Math.LN2 - Math.log(alpha / 2) + doublings * Math.LN2;
}
