import type { OnFail } from '../domain/plan.js';
import type { Duration } from '../validation/duration.js';

/** A schedule as people write it, every part optional. */
export interface RolloutInput {
  /** The environment to try. Default: the one that is not live. */
  to?: string | undefined;
  /** Default: 5 → 25 → 50 → 100 percent, ten minutes each. */
  steps?: StepInput[] | undefined;
  /** Default: error rate at most 5 %, from 50 requests on. */
  gates?: GateInput[] | undefined;
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
  /** `absolute` (default): the figure itself. `baseline`: how far it is above the live environment's. */
  compare?: 'absolute' | 'baseline' | undefined;
  /** Requests needed before the gate says anything. Default 50. */
  minSampleSize?: number | undefined;
  /** Default `rollback`. */
  onFail?: OnFail | undefined;
}

interface ErrorRateGateInput extends AnyGateInput {
  kind: 'errorRate';
  /** Greatest rate (or difference) that passes, as a fraction: 0.05 is 5 %. */
  max: number;
}

interface LatencyGateInput extends AnyGateInput {
  kind: 'latency' | 'timeToFirstToken';
  /** Which quantile of the times, e.g. 0.99. Left out: their mean. */
  quantile?: number | undefined;
  /** Longest time (or difference) that passes. */
  max: Duration;
}

/** A gate as people write it. */
export type GateInput = ErrorRateGateInput | LatencyGateInput;
