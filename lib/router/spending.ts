import type { FailureClass, Outcome } from '../domain/outcome.js';
import type { Target } from '../routing/route-table.js';
import type { CallRequest } from './call-request.js';

/** The money side of one call: retries and fallback draw on the same reservation. */
export interface Expense {
  /** The call was refused for want of money, and its budget allows of no cheaper answer. */
  readonly exhausted: boolean;
  /**
   * Sets aside what asking this environment may cost.
   *
   * @throws {UpstreamFailure} `budget`, when it is not covered. Nothing has been sent then.
   */
  cover(target: Target): Promise<void> | void;
  /** The environment that was asked last has failed. `begun`: behind its first token. `cost`: US dollars, where known. */
  failed(failure: FailureClass, begun: boolean, cost?: number): void;
  /** The call has ended. `cost`: US dollars of what answered last and did not fail, where known. Waits for nobody. */
  settle(outcome: Outcome, begun: boolean, cost: number | undefined): void;
}

/** Where calls get their money. */
export interface Spending {
  /** A call begins; `undefined` when no budget applies to it. */
  begin(request: CallRequest): Expense | undefined;
}
