import type { Figures } from './figures.js';
import type { Tally } from './tally.js';

/** Slices per window: they bound its error and its memory. */
const SLICES = 30;

/** Sums over the last `length` milliseconds. */
export class RollingWindow {
  readonly #sliceLength: number;

  constructor(
    private readonly figures: Figures,
    readonly series: string,
    private readonly length: number,
  ) {
    this.#sliceLength = Math.max(1, length / SLICES);
  }

  /** The sum for events at wall time `at`. */
  tallyAt(at: number): Tally {
    return this.figures.own(this.series, this.#sliceAt(at));
  }

  /** The sum of the window at `now`. It includes slices in the future, written before a clock was set back. */
  read(now: number): Tally {
    return this.figures.read(this.series, this.#sliceAt(now - this.length));
  }

  #sliceAt(at: number): number {
    return Math.floor((at + this.figures.clockOffset) / this.#sliceLength);
  }
}
