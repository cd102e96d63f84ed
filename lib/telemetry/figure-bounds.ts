/** Slices of other series: the weights of a rollout, or its starting points. Beyond that the lowest is forgotten. */
const MAX_SLICES = 256;

/** Slices of time that are kept, by the prefix of the series' name. Older ones are forgotten. */
const SPANS: ReadonlyMap<string, number> = new Map([
  ['window', 32],
  ['armwindow', 32],
  ['seconds', 124],
  ['minutes', 136],
  ['quarters', 289],
  ['openings', 2],
]);

/** Slices that a series does not keep any longer. */
export function outOfBounds(series: string, slices: ReadonlyMap<number, unknown>, now = Infinity): number[] {
  const kept = SPANS.get(series.slice(0, series.indexOf(':')));
  if (kept === undefined) return slices.size > MAX_SLICES ? [Math.min(...slices.keys())] : [];
  const all = [...slices.keys()];
  const oldest = Math.max(...all) - kept;
  // A clock was ahead and has been corrected: its slices in the future would hide everything until then.
  return now <= oldest ? all.filter((slice) => slice > now) : all.filter((slice) => slice <= oldest);
}
