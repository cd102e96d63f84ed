/** Weights are rounded to this many digits: 0.1 + 0.2 is 0.3. */
const PRECISION = 1e6;

/** How many steps of at most `increment` percentage points lead from one weight to a higher one. */
export function stairCount(from: number, to: number, increment: number): number {
  return Math.max(1, Math.ceil((to - from) / increment - 1 / PRECISION));
}

/** The weights of these steps, the last of them `to`. Check {@link stairCount} first when `increment` is not known. */
export function stairs(from: number, to: number, increment: number): number[] {
  return Array.from({ length: stairCount(from, to, increment) }, (_, n) =>
    Math.min(to, Math.round((from + increment * (n + 1)) * PRECISION) / PRECISION),
  );
}
