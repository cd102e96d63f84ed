import type { FailedOf } from '../../domain/failure-run.js';
import { logAbove, logBelow } from './absolute.js';

/** Figures that a ceiling is read from. */
export interface CeilingInput {
  /** Greatest failure rate that is tolerated, in (0, 1). */
  readonly max: number;
  /** The gate's part of `alphaTotal`. */
  readonly alpha: number;
  /** Evidence that the canary is over it: the mixture over starting points, a natural logarithm. */
  readonly canary: number;
  /** The live environment since the evidence began. */
  readonly live: FailedOf;
  /** The same in the stretches that speak against the canary. */
  readonly liveThere: FailedOf;
  /** The last stretch in which the live environment had traffic, for where it has none now. */
  readonly liveLast?: FailedOf | undefined;
  /** Failures of the canary in those stretches that the live environment was asked for, and those it failed as well. */
  readonly rescues?: FailedOf | undefined;
}

/**
 * `under`: nothing says that the canary is over the ceiling. `canary`: it is, and the live environment surely is not:
 * revert. `both`: both are, or were at that time: hold. `unsure`: too little is known of the live environment to
 * blame one: hold.
 */
export type CeilingVerdict = 'under' | 'canary' | 'both' | 'unsure';

/** Requests of the live environment below which its own stretches say nothing, and its rescues stand for them. */
const FEWEST_LIVE = 20;

/**
 * Whether a failure rate over the ceiling is the canary's own. The live environment has to be surely under the
 * ceiling since the evidence began, and not over it in the same stretches: good hours before must not blame the
 * canary for a shared outage.
 */
export function readLiveCeiling(input: CeilingInput): CeilingVerdict {
  const { max, alpha, canary, live, liveThere, liveLast, rescues } = input;
  const enough = Math.log(1 / alpha);
  if (!(canary >= enough)) return 'under';
  const isAlone = liveThere.total < FEWEST_LIVE;
  const there = isAlone && rescues ? rescues : liveThere;
  if (there.total > 0 && isOver(there, max, enough)) return 'both';
  // Without traffic of its own it has shown what it can on the requests of the canary.
  const known = isAlone && liveLast ? sum(liveLast, rescues) : live;
  if (known.total > 0 && known.failed / known.total > max) return 'both';
  if (logBelow(known.failed, known.total, max) < enough) return 'unsure';
  return there.total > 0 ? 'canary' : 'unsure';
}

function sum(a: FailedOf, b: FailedOf = { failed: 0, total: 0 }): FailedOf {
  return { failed: a.failed + b.failed, total: a.total + b.total };
}

function isOver({ failed, total }: FailedOf, max: number, enough: number): boolean {
  return failed / total >= max || logAbove(failed, total, max) >= enough;
}

/** Evidence at which an outage of both counts as over: one chance in ten. It ends a hold and reverts nothing. */
const OVER = Math.log(10);

/**
 * Whether an outage is over: of the latest requests, some number says that the rate is below the ceiling again.
 *
 * @param byStretch the canary's requests, latest stretch last.
 */
export function isOutageOver(byStretch: readonly FailedOf[], max: number): boolean {
  let [failed, total] = [0, 0];
  return byStretch.toReversed().some((stretch) => {
    failed += stretch.failed;
    total += stretch.total;
    return logBelow(failed, total, max) >= OVER;
  });
}
