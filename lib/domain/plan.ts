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
  /** `cost`: fraction of the live environment's mean (0.2: a fifth dearer; −0.2: a fifth cheaper). `quality`: points. */
  readonly tolerance: number;
}

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

/** One stage of a schedule. */
export interface Step {
  /** Share of the traffic for the environment on trial, in percent. */
  readonly setWeight: number;
  /** How long the step lasts at least, in milliseconds. */
  readonly duration: number;
  /** What else has to be there before the next step. */
  readonly holdConditions: {
    /** Requests with a verdict since the step began. */
    readonly minSampleSize: { readonly canary: number; readonly baseline: number };
    /** Wait for `approve()`. */
    readonly requiresApproval: boolean;
  };
}

/** Everything a rollout goes by. Immutable once the rollout has started. */
export interface RolloutPlan {
  readonly steps: readonly Step[];
  readonly gates: readonly Gate[];
  /**
   * Probability that gates which are valid at every look ever revert a good environment, over the whole rollout. Absent in
   * plans of earlier releases, which have no such gates.
   */
  readonly alphaTotal?: number;
  /** Consecutive failures of the environment on trial that revert at once; 0 switches it off. */
  readonly fastTrip: { readonly consecutiveFailures: number };
  /** How long to watch at the last weight before the rollout has succeeded, in milliseconds. */
  readonly finalBakeTime: number;
}
