import type { FailedOf, FailureRun } from './failure-run.js';

/** Values by their distribution, for times in milliseconds. */
export interface Distribution {
  readonly count: number;
  readonly mean: number | null;
  /** The `p` quantile, `p` in [0, 1]. */
  quantile(p: number): number | null;
}

/** Values of one arm by the bucket of their unit: all that a mean and its error take. Sums of replicas add up. */
export interface UnitBuckets {
  /** Values by bucket. */
  readonly counts: readonly number[];
  /** Σx by bucket. */
  readonly sums: readonly number[];
}

/** Figures of one environment that gates read. */
export interface ArmFigures {
  /** Requests that say something about the environment: successes, and failures of its own. */
  readonly judged: number;
  /** Errors over judged requests; `null` without any. */
  readonly errorRate: number | null;
  readonly latency: Distribution;
  readonly timeToFirstToken: Distribution;
}

/** The evidence on one environment, from all replicas, since the evidence last restarted. */
export interface ArmEvidence<Figures extends ArmFigures = ArmFigures> {
  /** Over the rolling window. */
  readonly window: Figures;
  /** Over all of the epoch: what gates read while the window holds too few requests. */
  readonly sinceStart: Figures;
  /** Requests with a verdict since the current weights were set. */
  readonly judgedInSegment: number;
  /** Those of them that failed. */
  readonly failedInSegment: number;
  /** Requests with a verdict since the evidence began, whatever the weights. */
  readonly charged: FailedOf;
  /** The same under the latest weights at which it had traffic. */
  readonly lately: FailedOf;
  /** The same by stretches of some minutes, latest last. The oldest are forgotten. */
  readonly stretches: readonly FailedOf[];
  /** Failures in a row up to now, in this process; 0 of them when its last request succeeded. */
  readonly run: FailureRun;
}

/** Requests that the canary failed and another environment was asked instead: the same requests, side by side. */
export interface Rescues {
  readonly asked: number;
  /** Those of them that the live environment answered. */
  readonly answered: number;
}

/** Figures of mirrored requests that a shadow stage is judged by. */
export interface ShadowFigures {
  /** Mirrored requests that have ended on both sides. */
  readonly pairs: number;
  /** Of these, with two whole answers that could be compared. */
  readonly compared: number;
  /** Of these, with a failure of the shadow alone. */
  readonly failedAlone: number;
  /** Of the texts, or of their embeddings when an `embeddingRoute` is set, 0–1; `null` without a pair. */
  readonly meanSimilarity: number | null;
  /** Share of the pairs that are less alike than the route's `similarityThreshold`. */
  readonly belowThreshold: number | null;
}
