/** Logarithm of a sum of exponentials that may themselves be out of range; `-Infinity` for no values. */
export function logSumExp(values: readonly number[]): number {
  const largest = Math.max(...values);
  if (!Number.isFinite(largest)) return largest;
  return largest + Math.log(values.reduce((total, value) => total + Math.exp(value - largest), 0));
}

/** The same of their mean. */
export function logMeanExp(values: readonly number[]): number {
  return logSumExp(values) - Math.log(values.length);
}

const HALF_LOG_TAU = Math.log(2 * Math.PI) / 2;
/** From here on the series below is exact to the last digits. */
const ASYMPTOTIC = 15;

/**
 * Logarithm of the gamma function, for `x` above 0: Stirling's series, after the argument was raised by Γ(x + 1) =
 * xΓ(x) to where the series holds. Good to about 1e-14, relative from 10 on.
 */
export function logGamma(x: number): number {
  let raised = x;
  let product = 1;
  for (; raised < ASYMPTOTIC; raised++) product *= raised;
  const inverse = 1 / (raised * raised);
  const series = (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse * (1 / 1680 - inverse / 1188)))) / raised;
  return (raised - 0.5) * Math.log(raised) - raised + HALF_LOG_TAU + series - Math.log(product);
}

/**
 * Where a condition that stays true once it is true becomes true between `low` and `high`, by bisection: a point at
 * which it holds, as near to its beginning as asked for, or as numbers of this size can tell. `high` when it holds
 * nowhere before.
 */
export function firstWhere(holds: (x: number) => boolean, low: number, high: number, precision = 0): number {
  let [no, yes] = [low, high];
  for (let middle = (no + yes) / 2; yes - no > precision && middle > no && middle < yes; middle = (no + yes) / 2) {
    if (holds(middle)) yes = middle;
    else no = middle;
  }
  return yes;
}

/** The same among whole numbers from 0 on; `Infinity` when it does not hold at `limit` either. */
export function firstWholeWhere(holds: (n: number) => boolean, limit: number): number {
  if (holds(0)) return 0;
  if (!holds(limit)) return Infinity;
  let [no, yes] = [0, 1];
  while (!holds(yes)) [no, yes] = [yes, Math.min(limit, yes * 2)];
  while (yes - no > 1) {
    const middle = Math.floor((no + yes) / 2);
    if (holds(middle)) yes = middle;
    else no = middle;
  }
  return yes;
}
