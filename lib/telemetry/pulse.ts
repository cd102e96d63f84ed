import { isFault, isJudged } from '../domain/arbitration.js';
import type { FailureClass } from '../domain/outcome.js';
import type { Verdict } from './observation.js';

/** How an environment has answered lately: the same a probe would find out, but from live traffic. */
export interface Pulse {
  /** Wall time of the last request with a verdict. */
  readonly at: number;
  readonly consecutiveFailures: number;
  /** Class of the last failure; absent when the last request succeeded. */
  readonly failure: FailureClass | undefined;
}

export function pulseAfter(before: Pulse | undefined, verdict: Verdict): Pulse | undefined {
  if (!isJudged(verdict)) return before;
  const { at, outcome } = verdict;
  return outcome !== 'ok' && isFault(verdict)
    ? { at, consecutiveFailures: (before?.consecutiveFailures ?? 0) + 1, failure: outcome }
    : { at, consecutiveFailures: 0, failure: undefined };
}
