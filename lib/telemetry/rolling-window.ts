import { Tally } from './tally.js';

interface Slice {
  readonly start: number;
  readonly tally: Tally;
}

/** Slices per window: its length is exact to one part in this many, and so is its memory. */
const SLICES = 30;

/** Sums over the last `length` milliseconds. */
export class RollingWindow {
  readonly #slices: Slice[] = [];
  readonly #sliceLength: number;

  constructor(private readonly length: number) {
    this.#sliceLength = Math.max(1, length / SLICES);
  }

  /** The sum that something seen at wall time `at` goes into. */
  tallyAt(at: number): Tally {
    const start = at - (at % this.#sliceLength);
    const newest = this.#slices.at(-1);
    // A clock that was set back adds to the newest slice instead of beginning an older one.
    if (newest && newest.start >= start) return newest.tally;
    const slice = { start, tally: new Tally() };
    this.#slices.push(slice);
    this.#drop(at);
    return slice.tally;
  }

  /** All that is in the window at `now`. */
  read(now: number): Tally {
    this.#drop(now);
    const sum = new Tally();
    for (const { tally } of this.#slices) sum.merge(tally);
    return sum;
  }

  #drop(now: number): void {
    const oldest = now - this.length - this.#sliceLength;
    while (this.#slices[0] && this.#slices[0].start <= oldest) this.#slices.shift();
  }
}
