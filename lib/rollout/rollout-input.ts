import type { GateRole, OnFail, OnInconclusive } from '../domain/plan.js';
import type { Duration } from '../validation/duration.js';

/** A schedule as people write it, every part optional. */
export interface RolloutInput {
  /** The environment to try. Default: the one that is not live. */
  to?: string | undefined;
  /**
   * A list of steps; the name of a schedule: `standard` is 5 → 25 → 50 → 100 percent, ten minutes each; `conservative`
   * is 10 % for 30 minutes → 30 % for one hour → 50 % for two → 70 % for four → 100 %; or increments until all of the
   * traffic is there. Default `standard`.
   */
  steps?: StepInput[] | 'standard' | 'conservative' | IncrementsInput | undefined;
  /** Default: fails no more often than the live environment; and no more than 5 % of its requests under any weights. */
  gates?: GateInput[] | undefined;
  /**
   * Probability, in (0, 0.5), that the gates with a `tolerance` (or `sequential`) ever revert an environment that is as
   * good as the live one, over the whole rollout. Split evenly over those that may revert. Default 0.05.
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
  /** Checks in a row that a gate may be unreadable before the rollout is paused. Default 4. */
  consecutiveErrorLimit?: number | undefined;
  /** Looks at the environment before the rollout starts; one that is not fit is refused. */
  preflight?:
    | {
        /** `false` starts without looking. Default `true`. */
        enabled?: boolean | undefined;
        /** Longest wait for each answer. Default `'10s'`. */
        timeout?: Duration | undefined;
      }
    | undefined;
  /**
   * Requests to the environment on trial before any user reaches it; a failing warm-up ends the rollout. Off unless
   * given.
   */
  warmUp?: WarmUpInput | false | undefined;
  /** Mirrors before any user is answered by the environment on trial. Off unless given. */
  shadow?: ShadowStageInput | false | undefined;
}

/** So many points more every so often. */
export interface IncrementsInput {
  /** Percentage points. */
  increment: number;
  /** How long each step lasts at least. */
  interval: Duration;
}

interface WarmUpInput {
  /** 1–1,000, one after the other. Default 10. */
  requests?: number | undefined;
  /** Longest that the median of them may take. Default: any time. */
  maxLatency?: Duration | undefined;
  /** How many of them may fail. Default 0. */
  maxFailures?: number | undefined;
  /** What is asked, in turn. Default: a greeting. */
  prompts?: string[] | undefined;
}

interface ShadowStageInput {
  /** Share of the callers' requests that is mirrored. Default 10. */
  percentage?: number | undefined;
  /** Pairs that may be open at a time. Default: as the route's `shadow` says. */
  concurrency?: number | undefined;
  /** US dollars that the stage may spend, per process. Default: what the month's budget allows. */
  maxCostUsd?: number | undefined;
  /** How long the stage lasts at least. Default `'10m'`. */
  duration?: Duration | undefined;
  /** How long it may take to come to a conclusion. Default: as long as it needs. */
  maxDuration?: Duration | undefined;
  /** Then. Default `hold`. */
  onInconclusive?: OnInconclusive | undefined;
  /** Pairs needed, with two answers that could be compared. Default 50. */
  minPairs?: number | undefined;
  /** Lowest mean similarity that passes, 0–1. Default: any. */
  minSimilarity?: number | undefined;
  /** Greatest share of pairs less alike than the route's `similarityThreshold`, 0–1. Default: any. */
  maxBelowThreshold?: number | undefined;
  /** Greatest share of pairs in which the environment on trial alone fails, 0–1. Default 0.05. */
  maxFailureRate?: number | undefined;
}

/** A stage of a schedule as people write it. */
export interface StepInput {
  /** Share of the traffic for the environment on trial, in percent. */
  setWeight: number;
  /** How long the step lasts at least. */
  duration: Duration;
  /** How long it may take to come to a conclusion. Default: as long as it needs. */
  maxDuration?: Duration | undefined;
  /**
   * Then: wait, paused, until there is one (`hold`, the default), revert, or go on with what there is; never over a
   * gate that fails.
   */
  onInconclusive?: OnInconclusive | undefined;
  /** How long the environment on trial may be without a request. Default: for ever. */
  noTrafficGracePeriod?: Duration | undefined;
  /** Then. A pause ends by itself when there is traffic again. Default `hold`. */
  noTrafficAction?: 'hold' | 'rollback' | undefined;
  /** What else has to be there before the next step. */
  holdConditions?:
    | {
        /** Requests with a verdict, since the step began, in each of the two. Default 20 and 20. */
        minSampleSize?: { canary?: number | undefined; baseline?: number | undefined } | undefined;
        /** Wait for `approve()`. Default `false`. */
        requiresApproval?: boolean | undefined;
        /**
         * Go on in one of these only: every minute that the cron pattern matches in that time zone. They never keep a
         * rollback waiting. Default: at any time; `tz` `'UTC'`.
         */
        windows?: { cron: string; tz?: string | undefined }[] | undefined;
      }
    | undefined;
}

interface AnyGateInput {
  /** For people: names the gate in events, status and log. Default: from what it reads, like `latency-p99`. */
  name?: string | undefined;
  /**
   * `absolute`: the figure itself, the default for limits. `baseline`: how far it is above the live environment's;
   * always so with a `tolerance`.
   */
  compare?: 'absolute' | 'baseline' | undefined;
  /** Requests needed in what is compared before the gate lets a rollout go on. Default 50. */
  minSampleSize?: number | undefined;
  /**
   * `guardrail` (default) must not get worse. `signal` is what is hoped for: it holds, never reverts. `dryRun` is read
   * and recorded and does nothing.
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
  /**
   * With `max`: a test under the current weights that is valid at every look, instead of a plain limit. Default
   * `false`.
   */
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
