/** What a gate does to the rollout when its figure is over the limit. */
export type OnFail = 'rollback' | 'hold' | 'warn';

/**
 * A plain limit on one figure of the environment on trial, read over the rolling window of the rollout.
 * Figures are fractions for rates and milliseconds for times.
 */
export interface ThresholdGate {
  readonly name: string;
  readonly kind: 'errorRate' | 'latency' | 'timeToFirstToken';
  /** Which quantile of the times, in (0, 1), e.g. 0.99. Left out: their mean. Not for `errorRate`. */
  readonly quantile?: number | undefined;
  /** `absolute`: the figure itself. `baseline`: how far it is above the same figure of the live environment. */
  readonly compare: 'absolute' | 'baseline';
  /** Greatest figure (or difference) that still passes. A fraction, or milliseconds. */
  readonly max: number;
  /** Requests needed in every environment that is compared before the gate says anything. */
  readonly minSampleSize: number;
  readonly onFail: OnFail;
}

export type Gate = ThresholdGate;

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
  /** Consecutive failures of the environment on trial that revert at once; 0 switches it off. */
  readonly fastTrip: { readonly consecutiveFailures: number };
  /** How long to watch at the last weight before the rollout has succeeded, in milliseconds. */
  readonly finalBakeTime: number;
}
