import type { ShadowFigures } from '../domain/figures.js';

/** Facts that a decision needs beside the evidence of the gates. */
export interface Circumstances {
  /** Milliseconds that count towards the stage, by a clock that never jumps. Absent: by the times in the journal. */
  readonly elapsed?: number | undefined;
  /** Wall time of the last verdict on the canary, as this process saw it; of the stage's begin without one in it. */
  readonly lastVerdictAt?: number | undefined;
  /** Wall time at which the canary's breaker was last open, on any replica. Absent: not in this stage. */
  readonly openAt?: number | undefined;
  /** Checks in a row in which some gate could not be read. */
  readonly unreadable?: number | undefined;
  readonly shadow?: ShadowFigures | undefined;
}
