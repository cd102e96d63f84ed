/** The effect of a failing gate on the rollout. */
export type OnFail = 'rollback' | 'hold' | 'warn';

/**
 * The purpose of a gate. `guardrail`: must not get worse; reverts. `signal`: a hoped-for improvement; holds, never
 * reverts. `dryRun`: is read and recorded, and does nothing.
 */
export type GateRole = 'guardrail' | 'signal' | 'dryRun';

/** A gate of a plan. Its other fields depend on `test`: `analysis/gates/` has a file for each. */
export interface Gate {
  readonly name: string;
  /** How the figure is judged. */
  readonly test: string;
  /** The figure. */
  readonly kind: string;
  /** `absolute`: the figure itself. `baseline`: against the same figure of the live environment. */
  readonly compare: 'absolute' | 'baseline';
  /**
   * Samples needed in every environment that is compared before the gate lets a rollout go on: units, each counted once
   * between two starting points, for gates with an `alpha`; requests for others.
   */
  readonly minSampleSize: number;
  readonly role: GateRole;
  readonly onFail: OnFail;
  /** Not read while the rollout is younger, milliseconds. Absent: 0. */
  readonly initialDelay?: number | undefined;
}

/** Built-in evaluator: how much the canary's answers to mirrored requests are like the caller's. */
export const SIMILARITY = 'similarity';

/** The treatment of a stage that has used up its time without a conclusion. */
export type OnInconclusive = 'hold' | 'rollback' | 'advance';

/** A stretch of the calendar in which a rollout may go on: every minute that the cron pattern matches. */
export interface ScheduleWindow {
  /** Five fields: `* 9-16 * * 1-5` is from 9:00 to 16:59, Monday to Friday. */
  readonly cron: string;
  /** IANA name: `Europe/Berlin`. */
  readonly tz: string;
}

/** One stage of a schedule. */
export interface Step {
  /** Share of the traffic for the canary, in percent. */
  readonly setWeight: number;
  /** How long the step lasts at least, in milliseconds. */
  readonly duration: number;
  /** How long it may take to come to a conclusion, in milliseconds. Absent: as long as it needs. */
  readonly maxDuration?: number | undefined;
  /** The reaction. Absent: `hold`. `advance` still needs a request, and no failing gate. */
  readonly onInconclusive?: OnInconclusive | undefined;
  /** How long the canary may be without a request, in milliseconds. Absent: for ever. */
  readonly noTrafficGracePeriod?: number | undefined;
  /** The reaction. Absent: `hold`. A rollout never advances without traffic. */
  readonly noTrafficAction?: 'hold' | 'rollback' | undefined;
  /** Further conditions for the next step. */
  readonly holdConditions: {
    /** Units since the step began, each counted once between two starting points. */
    readonly minSampleSize: { readonly canary: number; readonly baseline: number };
    /**
     * Different units in each environment since the step began. Absent: 10. Never more than `minSampleSize`.
     */
    readonly minUnits?: number | undefined;
    /**
     * The step lasts until a canary that fails this many times as often as the live environment would have been found
     * in 80% of cases. Absent: not asked for.
     */
    readonly detect?: number | undefined;
    /** Wait for `approve()`. */
    readonly requiresApproval: boolean;
    /** Advance in one of these only. Absent or empty: at any time. A rollback never waits for them. */
    readonly windows?: readonly ScheduleWindow[] | undefined;
  };
}

/** Requests to the canary before any user reaches it. */
export interface WarmUpPlan {
  readonly requests: number;
  /** Longest that the median of them may take, milliseconds. Absent: any time. */
  readonly maxLatency?: number | undefined;
  /** How many of them may fail. */
  readonly maxFailures: number;
  /** The prompts, used in turn. */
  readonly prompts: readonly string[];
}

/** Mirrors of callers' requests before the canary answers any user. */
export interface ShadowStage {
  /** Share of the callers' requests that is mirrored, in percent. */
  readonly percentage: number;
  /** Pairs that may be open at a time. Absent: as the route's `shadow` says. */
  readonly concurrency?: number | undefined;
  /** US dollars that the stage may spend, per process. Absent: what the month's budget allows. */
  readonly maxCostUsd?: number | undefined;
  /** How long the stage lasts at least, in milliseconds. */
  readonly duration: number;
  readonly maxDuration?: number | undefined;
  readonly onInconclusive?: OnInconclusive | undefined;
  /** Pairs needed, with two answers that could be compared. */
  readonly minPairs: number;
  /** Lowest mean similarity that passes, 0–1. Absent: any. */
  readonly minSimilarity?: number | undefined;
  /** Greatest share of the pairs that may be less alike than the route's `similarityThreshold`, 0–1. Absent: any. */
  readonly maxBelowThreshold?: number | undefined;
  /** Greatest share of the pairs in which the canary alone may fail, 0–1. */
  readonly maxFailureRate: number;
}

/** The plan of a rollout. Only a new target of its walk changes it once it has started. */
export interface RolloutPlan {
  readonly steps: readonly Step[];
  readonly gates: readonly Gate[];
  /** Probability that gates which are valid at every look ever revert a good environment, over the whole rollout. */
  readonly alphaTotal: number;
  /**
   * Units in a row that the canary fails and the live environment serves, from which it reverts at once; 0 switches it
   * off. `alpha`: its part of `alphaTotal`; absent in plans of earlier releases.
   */
  readonly fastTrip: { readonly consecutiveFailures: number; readonly alpha?: number | undefined };
  /** How long to watch at the last weight before the rollout has succeeded, in milliseconds. */
  readonly finalBakeTime: number;
  /** Header by whose value requests are also compared, in eight groups, in lower case. Absent: by none. */
  readonly groupBy?: string | undefined;
  /** Parts of the traffic that are also compared by themselves. Absent in plans of earlier releases: none. */
  readonly strata?: readonly string[] | undefined;
  /** Checks in a row that a gate may be unreadable before the rollout is paused. */
  readonly consecutiveErrorLimit: number;
  /** Absent: none. */
  readonly warmUp?: WarmUpPlan | undefined;
  /** Absent: the first step is the first stage. */
  readonly shadow?: ShadowStage | undefined;
}
