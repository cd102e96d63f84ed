import type { ArmEvidence, Rescues } from '../domain/figures.js';
import type { UnitMean } from './evidence/bucket-means.js';
import type { TimeLimits } from './evidence/time-tolerance.js';
import type { SegmentFailures } from './failure-evidence.js';
import type { SegmentAssignments } from './sample-ratio.js';

/** Counts of a gate on ages. */
export interface AgeEvidence {
  /**
   * How old a request may grow now, milliseconds: of the live environment, its own quantile; of the canary, the
   * tolerance more. Absent while the live environment has too few times.
   */
  readonly limits: TimeLimits | undefined;
  readonly segments: readonly SegmentFailures[];
}

/** Samples of both environments. */
export interface MeanEvidence {
  /** The evaluator fails: the scores cannot be relied on. */
  readonly unreadable?: true;
  readonly canary: UnitMean;
  readonly baseline: UnitMean;
}

/** All evidence on a rollout: the canary, and the live environment it is compared with. */
export interface RolloutEvidence {
  readonly canary: ArmEvidence;
  readonly baseline: ArmEvidence;
  /** Names of the two environments, for sentences. */
  readonly names: { readonly canary: string; readonly baseline: string };
  /** Different units under the current weights. */
  readonly units: { readonly canary: number; readonly baseline: number };
  /** Units by their first failure of the environment's own. */
  readonly failures: readonly SegmentFailures[];
  /** Units by their first refusal, whosever fault it was. */
  readonly refusals: readonly SegmentFailures[];
  /** Units by their first failure that counts against the environment. */
  readonly faults: readonly SegmentFailures[];
  /** Units by their first answer that came, and was of no use. */
  readonly wrongAnswers: readonly SegmentFailures[];
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
