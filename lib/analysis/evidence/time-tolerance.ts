import { logShareEvidence, type EventCounts, type QuietCounts } from './absolute.js';
import { logStartsEvidence, type ClaimCounts } from './starts.js';

/** What a gate on a quantile of times counts. */
export interface TimeCounts {
  /** Units by their first request beyond the limit, in both arms. */
  readonly claims: readonly ClaimCounts[];
  /** The canary's units by their first request beyond the limit. */
  readonly beyond: readonly EventCounts[];
  /** The canary's requests that stayed below it. */
  readonly below: readonly QuietCounts[];
}

/** Evidence on times. Natural logarithms. */
export interface TimeEvidence {
  /** The lesser of the two. */
  readonly log: number;
  /** More of the canary's units pass the limit than of the live ones. */
  readonly compared: number;
  /** More of the canary's requests pass it than the quantile allows. */
  readonly absolute: number;
}

/**
 * Evidence that the canary's quantile is above the live one's by more than the tolerance. The limit is (1 +
 * tolerance) × the live quantile, fixed anew for each stretch from the one before.
 *
 * A tail is thin: a canary a little slower passes the limit far more often than the live environment does, yet well
 * within its tolerance. So both have to speak: more than the live one, and more than 1 − quantile. The lesser of two
 * e-values is one for whichever of the two hypotheses holds.
 *
 * @param quantile in (0, 1): 0.95.
 */
export function logTimeEvidence({ claims, beyond, below }: TimeCounts, quantile: number): TimeEvidence {
  const compared = logStartsEvidence(claims, 1).log;
  const absolute = logShareEvidence(beyond, below, 1 - quantile).log;
  return { log: Math.min(compared, absolute), compared, absolute };
}

/** The canary's part of the claims: the same units, without the other arm. */
export function canaryEvents(claims: readonly ClaimCounts[]): EventCounts[] {
  return claims.map(({ previous, start, canary }) => ({ previous, start, events: canary }));
}
