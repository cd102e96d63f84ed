/**
 * Failures in a row up to now, in one process: replicas' calls have no common order, and whoever sees a run of failures
 * has to act at once, not when the others have heard of it.
 */
export interface FailureRun {
  readonly failures: number;
  /** Failures of the other environments meanwhile, by their names: bounded by the configuration. */
  readonly beside: Readonly<Record<string, number>>;
  /** Calls of the run that have ended, and that others were asked for. */
  readonly asked: number;
  /** Who has answered them, and how many. */
  readonly answered: Readonly<Record<string, number>>;
  /** Calls of the run that failed for good, with nobody else left to ask. */
  readonly alone: number;
}
