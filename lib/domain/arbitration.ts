import { countsAgainstArm, hasVerdict, type Outcome } from './outcome.js';

/**
 * The side at fault for a request that the canary refused. `canary`: the live environment took the same request.
 * `caller`: it refused it as well. `none`: it could not say, because it was not asked or had trouble of its own.
 */
export type Arbitration = 'canary' | 'caller' | 'none';

/** An outcome, and what the live environment made of the request if the canary refused it. */
export interface Judged {
  readonly outcome: Outcome;
  readonly arbitration?: Arbitration | undefined;
}

/** Whether it is surely a fault of the environment, for its error rate, for runs and for its breaker. */
export function isFault({ outcome, arbitration }: Judged): boolean {
  return arbitration === 'canary' || countsAgainstArm(outcome);
}

/** Whether it says by itself, without a comparison, how well the environment does: a success or a fault. */
export function isJudged(judged: Judged): boolean {
  return hasVerdict(judged.outcome) || isFault(judged);
}
