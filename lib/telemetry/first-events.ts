/**
 * Units of a generation. Two of them are kept; a power of two, since a set that has just outgrown one takes twice the
 * memory.
 */
const GENERATION = 65_536;

/**
 * Tells a unit's first event from the rest. A sticky unit (user, session, conversation) counts once per rollout:
 * failures cluster on a user, and counted one by one they would look like more evidence than they are. This is what one
 * process remembers; where there are several, the store tells what another one has counted.
 *
 * At least 65,536 units are remembered per kind of event; beyond that the oldest are forgotten, a generation at a time,
 * and may count a second time.
 */
export class FirstEvents {
  #young = new Set<number>();
  #old = new Set<number>();

  /** Whether this is the unit's first event here. A request without a key is its own unit. */
  isFirst(unit: number | undefined): boolean {
    if (unit === undefined) return true;
    if (this.#young.has(unit) || this.#old.has(unit)) return false;
    if (this.#young.size === GENERATION) {
      this.#old = this.#young;
      this.#young = new Set();
    }
    this.#young.add(unit);
    return true;
  }
}
