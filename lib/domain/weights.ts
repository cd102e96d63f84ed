import { InvalidWeightsError } from './errors.js';

/** Share of the traffic per environment, in percent (0–100). Environments left out have 0. */
export type Weights = Readonly<Record<string, number>>;

/** How far from 100 a sum may be, in percentage points: room for 33.33 + 33.33 + 33.34. */
const SUM_TOLERANCE = 0.01;

export function sumOf(weights: Weights): number {
  return Object.values(weights).reduce((sum, weight) => sum + weight, 0);
}

/** The share of a name, which may come from outside; 0 when it has none. */
export function weightOf(weights: Weights, name: string): number {
  return Object.hasOwn(weights, name) ? weights[name]! : 0;
}

/**
 * The problem with these weights, in one sentence, or `undefined` when they are fit to route by.
 */
export function weightsProblem(weights: Weights): string | undefined {
  for (const [environment, weight] of Object.entries(weights)) {
    if (!Number.isFinite(weight) || weight < 0 || weight > 100) {
      return `The weight of "${environment}" is ${weight}; it must be from 0 to 100.`;
    }
  }
  const sum = sumOf(weights);
  // The epsilon keeps 99.99 and 100.01 inside in spite of binary fractions.
  if (Math.abs(sum - 100) > SUM_TOLERANCE + 1e-9) {
    return `The weights sum to ${Number(sum.toFixed(4))}; they must sum to 100 (±${SUM_TOLERANCE}).`;
  }
  return undefined;
}

/** @throws {InvalidWeightsError} naming the sum. */
export function assertWeights(weights: Weights): void {
  const problem = weightsProblem(weights);
  if (problem) throw new InvalidWeightsError(problem, sumOf(weights));
}

/**
 * Scales weights so that they sum to 100.
 *
 * @throws {InvalidWeightsError} when one is negative or all are zero.
 * @example
 * ```ts
 * normalizeWeights({ blue: 3, green: 1 }); // { blue: 75, green: 25 }
 * ```
 */
export function normalizeWeights(weights: Weights): Weights {
  const sum = sumOf(weights);
  if (!(sum > 0) || !Number.isFinite(sum) || Object.values(weights).some((weight) => weight < 0)) {
    throw new InvalidWeightsError(`Weights cannot be negative or all zero; these sum to ${sum}.`, sum);
  }
  return Object.fromEntries(
    Object.entries(weights).map(([environment, weight]) => [environment, (weight / sum) * 100]),
  );
}

/**
 * Gives `to` the share `weight` and `from` what the two of them had beyond it. Nobody else's share changes,
 * so `weight` is cut off at what the two have together.
 */
export function withShare(weights: Weights, from: string, to: string, weight: number): Weights {
  // A sum may be a little above 100, see SUM_TOLERANCE; a share may not.
  const both = Math.min(weightOf(weights, from) + weightOf(weights, to), 100);
  const share = Math.min(Math.max(weight, 0), both);
  return { ...weights, [from]: both - share, [to]: share };
}

/** Whether these are the same weights for every environment of `a`. */
export function sameWeights(a: Weights, b: Weights): boolean {
  return Object.keys(a).every((name) => a[name] === weightOf(b, name));
}

/** The weights of the environments that stay; `heir` gets what the others had. Names without a weight begin at 0. */
export function inherited(weights: Weights, names: readonly string[], heir: string): Weights {
  const left = Object.entries(weights).reduce((sum, [name, weight]) => (names.includes(name) ? sum : sum + weight), 0);
  return Object.fromEntries(
    names.map((name) => {
      const weight = weightOf(weights, name);
      return [name, name === heir ? Math.min(weight + left, 100) : weight];
    }),
  );
}
