import type { Callers, Tolerance } from './trial.js';

/** A step of a schedule: share of the canary in percent, length in milliseconds. */
export interface TimedStep {
  readonly weight: number;
  readonly duration: number;
}

/** The traffic of a simulated rollout, and the gate on it. */
export interface Conditions extends Tolerance, Callers {
  /** Of both arms together. */
  readonly requestsPerSecond: number;
  /** Share of the baseline's requests that fail, in (0, 1). */
  readonly baselineRate: number;
}

/** How thoroughly a schedule is tried. */
export interface Effort {
  readonly trials: number;
  /** The same seed gives the same result. */
  readonly seed: number;
  /** Called with the part that is done, in [0, 1]. */
  readonly progress?: ((done: number) => void) | undefined;
}

/** How long a step takes to find a canary that is so many times worse from the start of the step. */
export interface Sight {
  readonly times: number;
  /** Medians: of both arms together, and of the canary. `null`: too long to wait for. */
  readonly requests: number | null;
  readonly canaryRequests: number | null;
  readonly minutes: number | null;
  /** Chance that it is found within the step, in [0, 1]. */
  readonly chance: number;
}

export interface StepReport extends TimedStep {
  readonly requests: number;
  readonly sights: readonly Sight[];
}

export interface SimulationReport {
  /** Share of the trials with a canary as good as the baseline that were reverted, and its standard error. */
  readonly falseRollback: number;
  readonly standardError: number;
  /**
   * Chance that a canary so many times worse is reverted before it has all of the traffic. Evidence is kept from step
   * to step.
   */
  readonly caught: readonly { readonly times: number; readonly chance: number }[];
  /** The steps in which the two are compared. */
  readonly steps: readonly StepReport[];
  /** In plain words: bad canaries that the schedule would miss. */
  readonly warnings: readonly string[];
}
