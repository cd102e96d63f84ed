/** What a gate does to the rollout when its figure is over the limit. */
export type OnFail = 'rollback' | 'hold' | 'warn';

/**
 * What a gate is for. `guardrail`: must not get worse; reverts. `signal`: what is hoped for; holds, never reverts.
 * `dryRun`: is read and recorded, and does nothing.
 */
export type GateRole = 'guardrail' | 'signal' | 'dryRun';

interface AnyGate {
  readonly name: string;
  /** Requests needed in every environment that is compared before the gate lets a rollout go on. */
  readonly minSampleSize: number;
  readonly onFail: OnFail;
  /** Absent in plans of earlier releases: `guardrail`. */
  readonly role?: GateRole | undefined;
  /** Not read while the rollout is younger, milliseconds. Absent: 0. */
  readonly initialDelay?: number | undefined;
}

/**
 * A plain limit on one figure of the environment on trial, read over the rolling window of the rollout. Looked at again
 * and again it cries wolf now and then: nothing is promised about how often.
 * Figures are fractions for rates, milliseconds for times, US dollars per request for cost.
 */
export interface ThresholdGate extends AnyGate {
  /** Absent in plans of earlier releases. */
  readonly test?: 'threshold';
  readonly kind: 'errorRate' | 'latency' | 'timeToFirstToken' | 'cost';
  /** Which quantile of the times, in (0, 1), e.g. 0.99. Left out: their mean. For times only. */
  readonly quantile?: number | undefined;
  /** `absolute`: the figure itself. `baseline`: how far it is above the same figure of the live environment. */
  readonly compare: 'absolute' | 'baseline';
  /** Greatest figure (or difference) that still passes. */
  readonly max: number;
}

/**
 * A gate that may be looked at at every moment: the probability that it ever fails a good environment is at most
 * `alpha`, over the whole rollout.
 */
interface AnytimeGate extends AnyGate {
  /** Its part of the plan's `alphaTotal`, in (0, 1). */
  readonly alpha: number;
}

/** Fails when failures come from the environment on trial more often than its share of the traffic explains. */
export interface FailureRatioGate extends AnytimeGate {
  readonly test: 'failureRatio';
  readonly kind: 'errorRate';
  readonly compare: 'baseline';
  /** How much more often it may fail: 0.25 is a quarter more than the live environment. */
  readonly tolerance: number;
}

/** Fails when the error rate under the current weights is above `max`, whatever the live environment does. */
export interface CeilingGate extends AnytimeGate {
  readonly test: 'ceiling';
  readonly kind: 'errorRate';
  readonly compare: 'absolute';
  /** Greatest rate, a fraction in (0, 1). */
  readonly max: number;
}

/** Fails when requests grow older than the live environment's quantile, and a tolerance, more often than its own do. */
export interface ExceedanceGate extends AnytimeGate {
  readonly test: 'exceedance';
  readonly kind: 'latency' | 'timeToFirstToken';
  readonly compare: 'baseline';
  /** Of the live environment's times, in (0, 1). */
  readonly quantile: number;
  /** How much longer a request may take: 0.2 is a fifth longer than that quantile. */
  readonly tolerance: number;
}

/** Fails when the mean is worse than the live environment's by more than the tolerance. */
export interface MeanGate extends AnytimeGate {
  readonly test: 'mean';
  readonly kind: 'cost' | 'quality';
  /** Whose scores, for `quality`. */
  readonly evaluator?: string | undefined;
  readonly compare: 'baseline';
  /**
   * `cost`: fraction of the live environment's mean (0.2: a fifth dearer; −0.2: a fifth cheaper). `quality`: points.
   */
  readonly tolerance: number;
}

/**
 * The evaluator of which nobody has to say how: how much green's answers to mirrored requests are like the caller's.
 */
export const SIMILARITY = 'similarity';

/** Fails when the mean score is surely below `min`. */
export interface ScoreGate extends AnytimeGate {
  readonly test: 'score';
  readonly kind: 'quality';
  readonly evaluator: string;
  readonly compare: 'absolute';
  /** Lowest mean score, in (0, 1). */
  readonly min: number;
}

export type Gate = ThresholdGate | FailureRatioGate | CeilingGate | ExceedanceGate | MeanGate | ScoreGate;

/** What becomes of a stage that has lasted as long as it may, and nothing can be concluded. */
export type OnInconclusive = 'hold' | 'rollback' | 'advance';

/** A stretch of time in which a rollout may go on: every minute that the cron pattern matches. */
export interface Window {
  /** Five fields: `* 9-16 * * 1-5` is from 9:00 to 16:59, Monday to Friday. */
  readonly cron: string;
  /** IANA name: `Europe/Berlin`. */
  readonly tz: string;
}

/** One stage of a schedule. */
export interface Step {
  /** Share of the traffic for the environment on trial, in percent. */
  readonly setWeight: number;
  /** How long the step lasts at least, in milliseconds. */
  readonly duration: number;
  /** How long it may take to come to a conclusion, in milliseconds. Absent: as long as it needs. */
  readonly maxDuration?: number | undefined;
  /** Then. Absent: `hold`. `advance` still takes a request, and no gate that fails. */
  readonly onInconclusive?: OnInconclusive | undefined;
  /** How long the environment on trial may be without a request, in milliseconds. Absent: for ever. */
  readonly noTrafficGracePeriod?: number | undefined;
  /** Then. Absent: `hold`. There is no way to advance without traffic. */
  readonly noTrafficAction?: 'hold' | 'rollback' | undefined;
  /** What else has to be there before the next step. */
  readonly holdConditions: {
    /** Requests with a verdict since the step began. */
    readonly minSampleSize: { readonly canary: number; readonly baseline: number };
    /** Wait for `approve()`. */
    readonly requiresApproval: boolean;
    /** Go on in one of these only. Absent or empty: at any time. Never keeps a rollback waiting. */
    readonly windows?: readonly Window[] | undefined;
  };
}

/** Requests to the environment on trial before any user reaches it. */
export interface WarmUpPlan {
  readonly requests: number;
  /** Longest that the median of them may take, milliseconds. Absent: any time. */
  readonly maxLatency?: number | undefined;
  /** How many of them may fail. */
  readonly maxFailures: number;
  /** What is asked, in turn. */
  readonly prompts: readonly string[];
}

/** Mirrors of callers' requests before any user is answered by the environment on trial. */
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
  /** Greatest share of the pairs in which the environment on trial alone may fail, 0–1. */
  readonly maxFailureRate: number;
}

/** Everything a rollout goes by. Immutable once the rollout has started. */
export interface RolloutPlan {
  readonly steps: readonly Step[];
  readonly gates: readonly Gate[];
  /**
   * Probability that gates which are valid at every look ever revert a good environment, over the whole rollout. Absent
   * in plans of earlier releases, which have no such gates.
   */
  readonly alphaTotal?: number;
  /** Consecutive failures of the environment on trial that revert at once; 0 switches it off. */
  readonly fastTrip: { readonly consecutiveFailures: number };
  /** How long to watch at the last weight before the rollout has succeeded, in milliseconds. */
  readonly finalBakeTime: number;
  /** Checks in a row that a gate may be unreadable before the rollout is paused. Absent: 4. */
  readonly consecutiveErrorLimit?: number | undefined;
  /** Absent: none. */
  readonly warmUp?: WarmUpPlan | undefined;
  /** Absent: the first step is the first stage. */
  readonly shadow?: ShadowStage | undefined;
}
