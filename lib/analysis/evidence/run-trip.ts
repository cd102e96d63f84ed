import type { FailedOf } from '../../domain/figures.js';
import { firstWhere } from '../numerics.js';
import { logBelow } from './absolute.js';

/** Figures that decide how long a run of failures has to be. */
export interface TripInput {
  /** The shortest run that may revert. */
  readonly consecutiveFailures: number;
  /** The live environment since the evidence began. */
  readonly live: FailedOf;
  /** The same lately, rescues of the canary's failures included: an outage of both lengthens the run that is needed. */
  readonly lately?: FailedOf | undefined;
  /** The canary's units so far. */
  readonly canaryUnits: number;
  /** The trip's part of `alphaTotal`. */
  readonly alpha: number;
}

/** A healthy environment that never failed is still taken to fail this often. */
const LEAST_RATE = 0.01;
const FEWEST_UNITS = 1_000;
/** Bisection steps end here: far finer than any run's length depends on. */
const PRECISION = 1e-6;

/**
 * The length from which a run of failures of distinct units reverts: so long that one which begins at any of the
 * canary's units has, together, a probability of at most `alpha` while the canary fails as the live environment does.
 *
 * M·p̂ⁿ ≤ α, where p̂ bounds the live rate from above and M is the next power of two above the units so far. Half of
 * `alpha` pays for the bound. The other half pays for the runs, halved at each doubling of M, so that all of them
 * together cost no more.
 *
 * @returns `Infinity` while nothing bounds the live rate.
 */
export function tripLength({ consecutiveFailures, live, lately, canaryUnits, alpha }: TripInput): number {
  const { units, doublings } = horizonOf(canaryUnits);
  const rate = Math.max(
    LEAST_RATE,
    upperBound(live, alpha / 4),
    lately === undefined ? 0 : upperBound(lately, alpha / 4),
  );
  if (rate >= 1) return Infinity;
  const spent = alpha / 4 / 2 ** doublings;
  return Math.max(consecutiveFailures, Math.ceil(Math.log(units / spent) / -Math.log(rate)));
}

/** Units that the runs may begin at, and how often that number has doubled. */
function horizonOf(canaryUnits: number): { units: number; doublings: number } {
  if (canaryUnits < FEWEST_UNITS) return { units: FEWEST_UNITS, doublings: 0 };
  const power = Math.floor(Math.log2(canaryUnits)) + 1;
  return { units: 2 ** power, doublings: power - Math.floor(Math.log2(FEWEST_UNITS)) };
}

/**
 * A bound above the true rate at every moment with a probability of 1 − alpha: the lowest rate that the evidence says
 * it is below. 1 while there is nothing to say so.
 */
export function upperBound({ failed, total }: FailedOf, alpha: number): number {
  if (!(total > 0)) return 1;
  const isBelow = (rate: number): boolean => logBelow(failed, total, rate) >= Math.log(1 / alpha);
  const observed = Math.min(failed / total, 1);
  return firstWhere(isBelow, observed, 1, PRECISION);
}
