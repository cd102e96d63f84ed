/** What mirrors have shown since the shadow stage began. */
export interface ShadowFigures {
  /** Mirrored requests that have ended on both sides. */
  readonly pairs: number;
  /** Of these, with two answers that could be compared. */
  readonly compared: number;
  /** Of these, with a failure of the environment on trial alone. */
  readonly failedAlone: number;
  /** 0–1; `null` without a pair. */
  readonly meanSimilarity: number | null;
  /** Share of the pairs that are less alike than the route's `similarityThreshold`. */
  readonly belowThreshold: number | null;
}

/** What a decision looks at beside the evidence of the gates. */
export interface Circumstances {
  /** Wall time of the last verdict on the environment on trial, as this process saw it. */
  readonly lastVerdictAt?: number | undefined;
  /** Checks in a row at which some gate could not be read. */
  readonly unreadable?: number | undefined;
  readonly shadow?: ShadowFigures | undefined;
}
