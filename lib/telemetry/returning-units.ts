import { UnitStarts } from '../kit/unit-starts.js';

/** Keyed requests that it takes to say whether units come back. */
const ENOUGH = 50;
/** Share of requests by units seen before from which on units count as coming back. */
const OFTEN = 0.1;
/** Older requests lose half of their weight when there are so many. */
const LATELY = 1_000;
/** Units that are told apart while nothing is compared: enough to know whether they come back. */
const FEW = 1_024;

interface Arrival {
  /**
   * Starting point at the unit's previous request under these weights, −1 for the first; `undefined` when it counts no
   * more: it had one since the last starting point, or is left out.
   */
  readonly previous: number | undefined;
  /** Its times and its cost tell nothing. */
  readonly isLeftOut: boolean;
  /** One unit of 2^level is told apart. */
  readonly level: number;
}

/**
 * Finds requests that tell nothing about times and cost: after a change of weights, units that come back may meet a
 * cold prompt cache in their new environment. So the first request of each keyed unit under new weights is left out, in
 * all environments alike. Where units hardly ever come back, nobody has a warm cache, and nothing is left out. Whether
 * they do is seen from all requests together, and so does not depend on the environment.
 */
export class ReturningUnits {
  #units = new UnitStarts();
  #segment = 0;
  #keyed = 0;
  #again = 0;

  /**
   * A request arrives. `undefined` for weights of before.
   *
   * @param start latest starting point of the rollout that is under way; −1: none is.
   */
  arrives(unit: number | undefined, segment: number, start = 0): Arrival | undefined {
    if (segment < this.#segment) return undefined;
    if (segment > this.#segment) {
      this.#units = new UnitStarts(start < 0 ? FEW : undefined);
      this.#segment = segment;
    }
    if (unit === undefined) return { previous: -1, isLeftOut: false, level: 0 };
    const previous = this.#units.claim(unit, Math.max(start, 0));
    const isFirst = previous === -1;
    // Of units beyond those that are told apart nobody knows whether they were here before.
    const isKnown = !isFirst && this.#units.keeps(unit);
    const isLeftOut = !isKnown && (this.#keyed < ENOUGH || this.#again >= OFTEN * this.#keyed);
    if (isFirst || isKnown) this.#see(isFirst);
    return { previous, isLeftOut, level: this.#units.level };
  }

  #see(isFirst: boolean): void {
    this.#keyed++;
    if (!isFirst) this.#again++;
    if (this.#keyed < LATELY) return;
    this.#keyed /= 2;
    this.#again /= 2;
  }
}
