import { setImmediate as nextTurn } from 'node:timers/promises';

/** Milliseconds of work in one turn of the event loop. Requests wait for that long at most. */
const TURN = 5;

/**
 * Lets others have the event loop during long work: `if (breather.isDue) await breather.pause()` after every piece of
 * it.
 */
export class Breather {
  #since = performance.now();
  /** Pauses so far: that the work was cut up can be told from this. */
  pauses = 0;

  /** Whether this turn has had its share of work. */
  get isDue(): boolean {
    return performance.now() - this.#since >= TURN;
  }

  async pause(): Promise<void> {
    this.pauses++;
    await nextTurn();
    this.#since = performance.now();
  }
}
