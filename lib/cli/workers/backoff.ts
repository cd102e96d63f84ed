/** Pause before a worker is started again, milliseconds: the first one, and the longest. */
const FIRST = 100;
const LONGEST = 10_000;
/** A worker that lived this long had a start that was fine: the pauses begin again. */
export const STEADY_AFTER = 60_000;

/** @param failures in a row before this one. */
export function pauseBefore(failures: number): number {
  return Math.min(LONGEST, FIRST * 2 ** Math.min(failures, 10));
}
