import { countsAgainstArm, hasVerdict, type FailureClass, type Outcome } from '../domain/outcome.js';
import type { Verdict } from './observation.js';

/** How an environment has answered lately: the same a probe would find out, but from live traffic. */
export interface Pulse {
  /** Wall time of the last request with a verdict. */
  readonly at: number;
  readonly consecutiveFailures: number;
  /** Class of the last failure; absent when the last request succeeded. */
  readonly failure: FailureClass | undefined;
}

export function pulseAfter(before: Pulse | undefined, { at, outcome }: Verdict): Pulse | undefined {
  if (!hasVerdict(outcome)) return before;
  return isFailure(outcome)
    ? { at, consecutiveFailures: (before?.consecutiveFailures ?? 0) + 1, failure: outcome }
    : { at, consecutiveFailures: 0, failure: undefined };
}

function isFailure(outcome: Outcome): outcome is FailureClass {
  return countsAgainstArm(outcome);
}
