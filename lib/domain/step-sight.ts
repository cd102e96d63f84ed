/** The faults that a step of a rollout can find, by the traffic before the rollout. */
export interface StepSight {
  /** Index of the step, from 0. */
  readonly step: number;
  /** The smallest ratio of failure rates that it finds in 80% of cases; `null`: none. */
  readonly detects: number | null;
  /** Chance that it misses a canary that fails three times as often as the live environment, in [0, 1]. */
  readonly misses: number;
  /** How long it would have to last to find that canary in 80% of cases, milliseconds; `null`: it never does. */
  readonly needed: number | null;
  /** One sentence for people. */
  readonly message: string;
}

/** The faults that the steps of a rollout can find, as its start saw it. */
export interface Foresight {
  /** Requests of the route in the hour before. */
  readonly requestsPerHour: number;
  /** Share of the live environment's requests that failed, in [0, 1]; `null`: too few requests to say. */
  readonly failureRate: number | null;
  /** Steps that compare the two environments. Only the first of a long schedule. */
  readonly steps: readonly StepSight[];
  /** Warnings for people before they wait for such a schedule, as sentences. */
  readonly warnings: readonly string[];
}
