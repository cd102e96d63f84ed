import type { GateInput } from '../analysis/gates/gates.js';
import type { OnInconclusive } from '../domain/plan.js';
import type { Duration } from '../validation/duration.js';

/** A schedule as people write it, every part optional. */
export interface RolloutInput {
  /** The environment to try. Default: the one that is not live. */
  to?: string | undefined;
  /**
   * A list of steps; the name of a schedule: `standard` is 5 → 25 → 50 → 100 percent, ten minutes each; `conservative`
   * is 10% for 30 minutes → 30% for one hour → 50% for two → 70% for four → 100%; or increments until all of the
   * traffic is there. Default `standard`.
   */
  steps?: StepInput[] | 'standard' | 'conservative' | IncrementsInput | undefined;
  /**
   * Default: no more failures, refusals and useless answers than the live environment, no more than twice its times,
   * and no more than 5% failures under any weights. Empty: the fast trip alone can revert, and the start warns.
   */
  gates?: GateInput[] | undefined;
  /**
   * Probability, in (0, 0.5), that the gates with a `tolerance` (or `sequential`) ever revert an environment that is as
   * good as the live one, over the whole rollout. One half is for the comparison of error rates, the other half for all
   * else that may revert, the fast trip included. Default 0.05.
   */
  alphaTotal?: number | undefined;
  fastTrip?:
    | {
        /**
         * Users in a row whom the canary fails and the live environment answers, from which it reverts at once. More
         * are needed while little is known of the live one. Default 5; 0 switches it off.
         */
        consecutiveFailures?: number | undefined;
      }
    | undefined;
  /** How long to watch at the last weight before success. Default `'10m'`. */
  finalBakeTime?: Duration | undefined;
  /**
   * Header, such as `x-tenant-id`, by whose value failures, refusals and useless answers are also compared: in eight
   * groups, so that a canary that is bad for one tenant alone is found. Default: none.
   */
  groupBy?: string | undefined;
  /** Checks in a row that a gate may be unreadable before the rollout is paused. Default 4. */
  consecutiveErrorLimit?: number | undefined;
  /** Checks the environment before the rollout starts, and refuses one that is not fit. */
  preflight?:
    | boolean
    | {
        /** `false` starts without a check. Default `true`. */
        enabled?: boolean | undefined;
        /** Longest wait for each answer. Default `'10s'`. */
        timeout?: Duration | undefined;
      }
    | undefined;
  /** Requests to the canary before any user reaches it; a failing warm-up ends the rollout. Off unless given. */
  warmUp?: WarmUpInput | boolean | undefined;
  /** Mirrors before the canary answers any user. Off unless given. */
  shadow?: ShadowStageInput | boolean | undefined;
}

/** So many points more every so often. */
interface IncrementsInput {
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
  /** The prompts, used in turn. Default: a greeting. */
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
  /** The reaction. Default `hold`. */
  onInconclusive?: OnInconclusive | undefined;
  /** Pairs needed, with two answers that could be compared. Default 50. */
  minPairs?: number | undefined;
  /** Lowest mean similarity that passes, 0–1. Default: any. */
  minSimilarity?: number | undefined;
  /** Greatest share of pairs less alike than the route's `similarityThreshold`, 0–1. Default: any. */
  maxBelowThreshold?: number | undefined;
  /** Greatest share of pairs in which the canary alone fails, 0–1. Default 0.05. */
  maxFailureRate?: number | undefined;
}

/** A stage of a schedule as people write it. */
export interface StepInput {
  /** Share of the traffic for the canary, in percent. */
  setWeight: number;
  /** How long the step lasts at least. */
  duration: Duration;
  /** How long it may take to come to a conclusion. Default: as long as it needs. */
  maxDuration?: Duration | undefined;
  /**
   * The reaction: wait, paused (`hold`, the default), revert, or advance with the data there is. Never past a
   * failing gate.
   */
  onInconclusive?: OnInconclusive | undefined;
  /** How long the canary may be without a request. Default: for ever. */
  noTrafficGracePeriod?: Duration | undefined;
  /** The reaction. A pause ends by itself when there is traffic again. Default `hold`. */
  noTrafficAction?: 'hold' | 'rollback' | undefined;
  /** Further conditions for the next step. */
  holdConditions?:
    | {
        /**
         * Samples since the step began, in each of the two: a unit (user, session; a request without a key is one)
         * counts once in each stretch of the plan, of which there are 28. Default 20 and 20.
         */
        minSampleSize?: { canary?: number | undefined; baseline?: number | undefined } | undefined;
        /**
         * Different units among them.
         * Not more than `minSampleSize`. Default 10.
         */
        minUnits?: number | undefined;
        /**
         * The step lasts until a canary that fails this many times as often as the live environment would have been
         * found in 80% of cases; 1.25–100. Needs a gate on `errorRate` with a `tolerance`. Default: not asked for.
         */
        detect?: number | undefined;
        /** Wait for `approve()`. Default `false`. */
        requiresApproval?: boolean | undefined;
        /**
         * Advance in one of these only: every minute that the cron pattern matches in that time zone. A rollback never
         * waits for them. Default: at any time; `tz` `'UTC'`.
         */
        windows?: { cron: string; tz?: string | undefined }[] | undefined;
      }
    | undefined;
}
