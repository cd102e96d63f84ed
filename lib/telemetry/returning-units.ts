import { FirstEvents } from './first-events.js';

/** Keyed requests that it takes to say whether units come back. */
const ENOUGH = 50;
/** Share of requests by units seen before from which on units count as coming back. */
const OFTEN = 0.1;
/** Older requests lose half of their weight when there are so many. */
const LATELY = 1_000;

/**
 * Finds requests that tell nothing about times and cost: after a change of weights, units that come back may meet a cold
 * prompt cache in their new environment. So the first request of each keyed unit under new weights is left out, in all
 * environments alike. Where units hardly ever come back, nobody has a warm cache, and nothing is left out. Whether they
 * do is seen from all requests together, and so does not depend on the environment.
 */
export class ReturningUnits {
  #firsts = new FirstEvents();
  #segment = 0;
  #keyed = 0;
  #again = 0;

  /** A request arrives. Whether it is the first of its unit under these weights; `undefined` for weights of before. */
  arrives(unit: number | undefined, segment: number): { isFirst: boolean; isLeftOut: boolean } | undefined {
    if (segment < this.#segment) return undefined;
    if (segment > this.#segment) {
      this.#firsts = new FirstEvents();
      this.#segment = segment;
    }
    const isFirst = this.#firsts.isFirst(unit);
    if (unit === undefined) return { isFirst, isLeftOut: false };
    const isLeftOut = isFirst && (this.#keyed < ENOUGH || this.#again >= OFTEN * this.#keyed);
    this.#see(isFirst);
    return { isFirst, isLeftOut };
  }

  #see(isFirst: boolean): void {
    this.#keyed++;
    if (!isFirst) this.#again++;
    if (this.#keyed < LATELY) return;
    this.#keyed /= 2;
    this.#again /= 2;
  }
}
