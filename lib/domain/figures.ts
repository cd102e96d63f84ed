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

/** Units by their first event since each starting point of the evidence. Counts of replicas add up. */
export interface EventCounts {
  /** Latest starting point at the unit's previous event; −1: it had none. */
  readonly previous: number;
  /** Latest starting point at this event. */
  readonly start: number;
  readonly events: number;
}

/** Units seen in an environment under some weights. */
export interface Sampled {
  /** Different ones. */
  readonly units: number;
  /** The same, each counted again after each starting point: what a unit says later is news, what it repeats is not. */
  readonly samples: number;
}

/** Requests of which some failed, between one starting point and the next. */
export interface FailedFrom extends FailedOf {
  readonly start: number;
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
  /** The same from each starting point to the next, those without any left out, the latest last. */
  readonly stretches: readonly FailedFrom[];
  /** Failures in a row up to now, in this process; 0 of them when its last request succeeded. */
  readonly run: FailureRun;
}

/**
 * Requests that the canary failed and another environment was asked instead, from one starting point to the next: the
 * same requests, side by side.
 */
export interface Rescues {
  readonly start: number;
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
