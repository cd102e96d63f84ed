/** By how much `y` grows for one of `x`, and the standard error of that. */
export interface Slope {
  readonly slope: number;
  readonly error: number;
}

/** By least squares. @throws {RangeError} with fewer than three points, or one `x` for all. */
export function slopeOf(points: readonly (readonly [x: number, y: number])[]): Slope {
  const mean = (pick: 0 | 1): number => points.reduce((sum, point) => sum + point[pick], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const spread = points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
  if (points.length < 3 || spread === 0) throw new RangeError('A slope takes three points.');
  const slope = points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0) / spread;
  const rest = points.reduce((sum, point) => sum + (point[1] - y - slope * (point[0] - x)) ** 2, 0);
  return { slope, error: Math.sqrt(rest / (points.length - 2) / spread) };
}
