import type { GateRole, OnFail } from '../domain/plan.js';
import type { Duration } from '../validation/duration.js';

/** A schedule as people write it, every part optional. */
export interface RolloutInput {
  /** The environment to try. Default: the one that is not live. */
  to?: string | undefined;
  /** Default: 5 → 25 → 50 → 100 percent, ten minutes each. */
  steps?: StepInput[] | undefined;
  /** Default: fails no more often than the live environment; and no more than 5 % of its requests under any weights. */
  gates?: GateInput[] | undefined;
  /**
   * Probability, in (0, 0.5), that the gates with a `tolerance` (or `sequential`) ever revert an environment that is as good
   * as the live one, over the whole rollout. Split evenly over those that may revert. Default 0.05.
   */
  alphaTotal?: number | undefined;
  fastTrip?:
    | {
        /** Consecutive failures of the environment on trial that revert at once. Default 5; 0 switches it off. */
        consecutiveFailures?: number | undefined;
      }
    | undefined;
  /** How long to watch at the last weight before success. Default `'10m'`. */
  finalBakeTime?: Duration | undefined;
}

/** A stage of a schedule as people write it. */
export interface StepInput {
  /** Share of the traffic for the environment on trial, in percent. */
  setWeight: number;
  /** How long the step lasts at least. */
  duration: Duration;
  /** What else has to be there before the next step. */
  holdConditions?:
    | {
        /** Requests with a verdict, since the step began, in each of the two. Default 20 and 20. */
        minSampleSize?: { canary?: number | undefined; baseline?: number | undefined } | undefined;
        /** Wait for `approve()`. Default `false`. */
        requiresApproval?: boolean | undefined;
      }
    | undefined;
}

interface AnyGateInput {
  /** For people: names the gate in events, status and log. Default: from what it reads, like `latency-p99`. */
  name?: string | undefined;
  /**
   * `absolute`: the figure itself, the default for limits. `baseline`: how far it is above the live environment's; always so
   * with a `tolerance`.
   */
  compare?: 'absolute' | 'baseline' | undefined;
  /** Requests needed in what is compared before the gate lets a rollout go on. Default 50. */
  minSampleSize?: number | undefined;
  /**
   * `guardrail` (default) must not get worse. `signal` is what is hoped for: it holds, never reverts. `dryRun` is read and
   * recorded and does nothing.
   */
  role?: GateRole | undefined;
  /** Default: `rollback` for a guardrail, `hold` for a signal, `warn` for a dry run. */
  onFail?: OnFail | undefined;
  /** The gate is not read while the rollout is younger. Default 0. */
  initialDelay?: Duration | undefined;
  /** Its own part of `alphaTotal`, in (0, 0.5). Default: what is left, evenly. Not for plain limits. */
  alpha?: number | undefined;
}

interface ErrorRateGateInput extends AnyGateInput {
  kind: 'errorRate';
  /** Greatest rate (or difference) that passes, as a fraction: 0.05 is 5 %. This or `tolerance`. */
  max?: number | undefined;
  /** How much more often than the live environment it may fail: 0.25 is a quarter more. Valid at every look. */
  tolerance?: number | undefined;
  /** With `max`: a test under the current weights that is valid at every look, instead of a plain limit. Default `false`. */
  sequential?: boolean | undefined;
}

interface LatencyGateInput extends AnyGateInput {
  kind: 'latency' | 'timeToFirstToken';
  /** Which quantile of the times, e.g. 0.99. Left out: with `max` their mean, with `tolerance` 0.95. */
  quantile?: number | undefined;
  /** Longest time (or difference) that passes. This or `tolerance`. */
  max?: Duration | undefined;
  /**
   * How much longer than that quantile of the live environment a request may take before it is counted: 0.2 is a fifth.
   * Counts requests that are still under way. Valid at every look.
   */
  tolerance?: number | undefined;
}

interface CostGateInput extends AnyGateInput {
  kind: 'cost';
  /** Highest mean (or difference), US dollars per request. This or `tolerance`. */
  max?: number | undefined;
  /** How much dearer than the live environment: 0.2 is a fifth; −0.2 asks for a fifth less. Valid at every look. */
  tolerance?: number | undefined;
}

interface QualityGateInput extends AnyGateInput {
  kind: 'quality';
  /** Name of the evaluator whose scores are read. */
  evaluator: string;
  /** Lowest mean score, in (0, 1). This or `tolerance`. */
  min?: number | undefined;
  /** How far the mean score may be below the live environment's. Valid at every look. */
  tolerance?: number | undefined;
}

/** A gate as people write it. With a `tolerance` it may be looked at at every moment without crying wolf. */
export type GateInput = ErrorRateGateInput | LatencyGateInput | CostGateInput | QualityGateInput;
