import type { ShadowFigures } from '../domain/figures.js';

/** What a decision looks at beside the evidence of the gates. */
export interface Circumstances {
  /** Wall time of the last verdict on the environment on trial, as this process saw it. */
  readonly lastVerdictAt?: number | undefined;
  /** Checks in a row at which some gate could not be read. */
  readonly unreadable?: number | undefined;
  readonly shadow?: ShadowFigures | undefined;
}
