/** All that {@link BoundedMean} remembers of the values. */
export interface BoundedMeanState {
  readonly count: number;
  readonly sum: number;
  /** Σ of the squared distances from the mean so far, the value itself included. */
  readonly spread: number;
  /** Σλ, Σλx and Σ(x − mean before it)²·(−ln(1−λ) − λ): each value is weighed before it is seen. */
  readonly weights: number;
  readonly weighted: number;
  readonly penalty: number;
}

const NOTHING: BoundedMeanState = { count: 0, sum: 0, spread: 0, weights: 0, weighted: 0, penalty: 0 };
const GREATEST_WEIGHT = 0.5;

/**
 * Bounds on the mean of values in [0, 1] that hold exactly, for any distribution and at every moment they are looked at: an
 * empirical-Bernstein confidence sequence. Each bound alone is wrong, ever, with a probability of at most `alpha`. To
 * compare two arms, give each half of what the comparison may err.
 *
 * After Waudby-Smith & Ramdas, *Estimating means of bounded random variables by betting*, JRSS-B 2024
 * (arXiv:2010.09686).
 *
 * @example
 * ```ts
 * const [green, blue] = [new BoundedMean(0.005), new BoundedMean(0.005)];
 * green.add(0.7);
 * const worse = green.upper < blue.lower - 0.02; // false: one score shows nothing
 * ```
 */
export class BoundedMean {
  #state: BoundedMeanState;

  /**
   * @param alpha chance that a bound is ever wrong, in (0, 1). It shapes what is remembered: keep it with the state.
   * @param state where another one left off.
   */
  constructor(
    private readonly alpha: number,
    state: BoundedMeanState = NOTHING,
  ) {
    this.#state = state;
  }

  get state(): BoundedMeanState {
    return this.#state;
  }

  /** Takes a value into account; one outside [0, 1] counts as the nearer end, and what is no number not at all. */
  add(value: number): void {
    if (Number.isNaN(value)) return;
    const x = Math.min(1, Math.max(0, value));
    const { count, sum, spread, weights, weighted, penalty } = this.#state;
    const [n, total] = [count + 1, sum + x];
    const [before, after] = [(0.5 + sum) / n, (0.5 + total) / (n + 1)];
    const variance = (0.25 + spread) / n;
    const weight = Math.min(GREATEST_WEIGHT, Math.sqrt((-2 * Math.log(this.alpha)) / (variance * n * Math.log1p(n))));
    this.#state = {
      count: n,
      sum: total,
      spread: spread + (x - after) ** 2,
      weights: weights + weight,
      weighted: weighted + weight * x,
      penalty: penalty + (x - before) ** 2 * (-Math.log1p(-weight) - weight),
    };
  }

  /** The mean is above this; 0 without values. */
  get lower(): number {
    const { weighted, weights } = this.#state;
    return weights === 0 ? 0 : Math.max(0, (weighted - this.#slack) / weights);
  }

  /** The mean is below this; 1 without values. */
  get upper(): number {
    const { weighted, weights } = this.#state;
    return weights === 0 ? 1 : Math.min(1, (weighted + this.#slack) / weights);
  }

  get #slack(): number {
    return this.#state.penalty - Math.log(this.alpha);
  }
}
