import type { FailureRun } from '../domain/failure-run.js';
import type { SegmentFailures } from './failure-evidence.js';
import type { Sums } from './mean-sequence.js';
import type { SegmentAssignments } from './sample-ratio.js';

/** Times of one environment, milliseconds. */
export interface Times {
  readonly count: number;
  readonly mean: number | null;
  quantile(p: number): number | null;
}

/** What a gate reads of one environment. */
export interface Figures {
  /** Requests that say something about the environment. */
  readonly judged: number;
  readonly errorRate: number | null;
  readonly latency: Times;
  readonly timeToFirstToken: Times;
}

/** Everything a decision looks at, of one environment. */
export interface ArmEvidence {
  /** Over the rolling window. */
  readonly window: Figures;
  /** Since the evidence last began anew: what gates read while the window holds too few requests. */
  readonly sinceStart: Figures;
  /** Requests with a verdict since the current weights were set. */
  readonly judgedInSegment: number;
  /** Those of them that failed. */
  readonly failedInSegment: number;
  /** The run that lasts; of 0 failures when its last request succeeded. */
  readonly run: FailureRun;
}

/** What a gate for ages counted. */
export interface AgeEvidence {
  /** How old a request may grow now, milliseconds; absent while the live environment has said too little. */
  readonly limit: number | undefined;
  readonly segments: readonly SegmentFailures[];
}

/** Samples of both environments. */
export interface MeanEvidence {
  /** Nobody can say how good answers are at present. */
  readonly unreadable?: true;
  readonly canary: Sums;
  readonly baseline: Sums;
}

/**
 * Requests that the environment on trial has failed, and that another one was asked instead: the same requests, side by
 * side.
 */
export interface Rescues {
  readonly asked: number;
  /** Those of them that the live environment answered. */
  readonly answered: number;
}

/** The environment on trial and the live one it is compared with. */
export interface RolloutEvidence {
  readonly canary: ArmEvidence;
  readonly baseline: ArmEvidence;
  /** Units by their first failure. */
  readonly failures: readonly SegmentFailures[];
  /** Under the current weights. */
  readonly rescues: Rescues;
  /** Units by their first request, as this process saw them. */
  readonly exposures: readonly SegmentAssignments[];
  /** Units by their first request that grew too old, by the gate's name. */
  readonly ages: Readonly<Record<string, AgeEvidence>>;
  /** `cost`, and scores by their evaluator. */
  readonly means: Readonly<Record<string, MeanEvidence>>;
  /** Milliseconds since the rollout began. */
  readonly age: number;
}
