/**
 * Failures in a row up to now, in one process. Calls of different replicas have no common order, and the replica that
 * sees a run has to act at once.
 */
export interface FailureRun {
  readonly failures: number;
  /** Failures of the other environments since the run began, by name. Bounded by the configuration. */
  readonly beside: Readonly<Record<string, number>>;
  /** Calls of the run that have ended and went on to another environment. */
  readonly asked: number;
  /** How many of these each environment answered. */
  readonly answered: Readonly<Record<string, number>>;
  /** Calls of the run that failed with no other environment left to ask. */
  readonly alone: number;
}
