import type { Figures } from './figures.js';
import type { Tally } from './tally.js';

/** Slices per window: its length is exact to one part in this many, and so is its memory. */
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

  /** The sum that something seen at wall time `at` goes into. */
  tallyAt(at: number): Tally {
    return this.figures.own(this.series, this.#sliceAt(at));
  }

  /** All that is in the window at `now`. Slices ahead of it, from before a clock was set back, are. */
  read(now: number): Tally {
    return this.figures.read(this.series, this.#sliceAt(now - this.length));
  }

  #sliceAt(at: number): number {
    return Math.floor((at + this.figures.clockOffset) / this.#sliceLength);
  }
}
