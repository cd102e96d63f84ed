import type { ShadowFigures } from '../domain/figures.js';

/** Facts that a decision needs beside the evidence of the gates. */
export interface Circumstances {
  /** Wall time of the last verdict on the canary, as this process saw it. */
  readonly lastVerdictAt?: number | undefined;
  /** Wall time at which the canary's breaker was last open, on any replica. */
  readonly openAt?: number | undefined;
  /** Checks in a row in which some gate could not be read. */
  readonly unreadable?: number | undefined;
  readonly shadow?: ShadowFigures | undefined;
}
