import type { ArmEvidence, EventCounts, Rescues } from '../domain/figures.js';
import type { UnitMean } from './evidence/bucket-means.js';
import type { TimeLimits } from './evidence/time-tolerance.js';
import type { ClaimCounts } from './evidence/starts.js';
import type { SegmentAssignments } from './sample-ratio.js';

/** Counts of a gate on ages. */
export interface AgeEvidence {
  /**
   * How old a request may grow now, milliseconds: of the live environment, its own quantile; of the canary, the
   * tolerance more. Absent while the live environment has too few times.
   */
  readonly limits: TimeLimits | undefined;
  readonly claims: readonly ClaimCounts[];
}

/** Samples of both environments. */
export interface MeanEvidence {
  /** The evaluator fails: the scores cannot be relied on. */
  readonly unreadable?: true;
  readonly canary: UnitMean;
  readonly baseline: UnitMean;
}

/** Units of both environments by their events of one kind. */
export interface Compared {
  readonly all: readonly ClaimCounts[];
  /** The same of fixed parts of the traffic, by name. Those without any are left out. */
  readonly strata: Readonly<Record<string, readonly ClaimCounts[]>>;
}

interface OfBoth {
  readonly canary: number;
  readonly baseline: number;
}

/** All evidence on a rollout: the canary, and the live environment it is compared with. */
export interface RolloutEvidence {
  readonly canary: ArmEvidence;
  readonly baseline: ArmEvidence;
  /** Names of the two environments, for sentences. */
  readonly names: { readonly canary: string; readonly baseline: string };
  /** The canary's part of the traffic under each weights since the evidence began, in [0, 1], the present one last. */
  readonly shares: readonly number[];
  /** Parts of the traffic that are also compared by themselves: fixed when the rollout starts. */
  readonly strata: readonly string[];
  /** Different units under the current weights. */
  readonly units: OfBoth;
  /** Units, each counted once in each stretch between starting points. */
  readonly samples: {
    /** Under the current weights. */
    readonly inSegment: OfBoth;
    readonly sinceStart: OfBoth;
  };
  /** Units by their failures of the environment's own. Here and below: by their first one since each starting point. */
  readonly failures: Compared;
  /** Units by their refusals, whosever fault it was. */
  readonly refusals: Compared;
  /** Units by their answers that came, and were of no use. */
  readonly wrongAnswers: Compared;
  /** Units of the canary by their failures that count against it. */
  readonly faults: readonly EventCounts[];
  /** From each starting point to the next, the latest last. */
  readonly rescues: readonly Rescues[];
  /** Units by their first request, as this process saw them. */
  readonly exposures: readonly SegmentAssignments[];
  /** Units by their first request that grew too old, by the gate's name. */
  readonly ages: Readonly<Record<string, AgeEvidence>>;
  /** `cost`, and scores by their evaluator. */
  readonly means: Readonly<Record<string, MeanEvidence>>;
  /** Milliseconds since the rollout began. */
  readonly age: number;
}
