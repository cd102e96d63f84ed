/** Ratios of the canary's rate to the tolerated one that are tried, each as likely as the others beforehand. */
const MULTIPLES = [1.25, 1.5, 2, 3, 5, 10, 30, 100];

/** The number of alternatives that every e-process here mixes. */
export const ALTERNATIVES = MULTIPLES.length;

/** Their natural logarithms: one event of the suspected side adds this to each alternative. */
export const LOG_MULTIPLES = MULTIPLES.map(Math.log);

/**
 * Loss of each alternative at every event, of either side.
 *
 * @param expected chance under the null hypothesis that an event comes from the suspected side, in (0, 1).
 */
export function penaltiesAt(expected: number): number[] {
  return MULTIPLES.map((multiple) => Math.log1p(expected * (multiple - 1)));
}

/**
 * The same for alternatives that lie as far below the null hypothesis: an event of the suspected side speaks against
 * them.
 */
export function penaltiesBelow(expected: number): number[] {
  return MULTIPLES.map((multiple) => Math.log1p(expected * (1 / multiple - 1)));
}
