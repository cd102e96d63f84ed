/** Milliseconds without a count after which a sum expires. Slices of windows expire earlier. */
const TOTALS_LIVE = 14 * 24 * 60 * 60_000;
/** The same for slices of the history of versions: a little longer than they are read. */
const HISTORY_LIVES: ReadonlyMap<string, number> = new Map([
  ['seconds', 2.5 * 60_000],
  ['minutes', 2.5 * 60 * 60_000],
  ['quarters', 73 * 60 * 60_000],
]);

/**
 * Milliseconds for which a shared sum is kept after its last change.
 *
 * @param window length of the rolling windows, milliseconds.
 */
export function figureLives(key: string, window: number): number {
  if (/^(arm)?window:/.test(key)) return 2 * window;
  return HISTORY_LIVES.get(key.slice(0, key.indexOf(':'))) ?? TOTALS_LIVE;
}
