/**
 * Units that are remembered per kind of event; beyond it the oldest is forgotten, and may count a second time. A power of two:
 * a set that has just outgrown one takes twice the memory.
 */
const MAX_UNITS = 65_536;

/**
 * Tells a unit's first event from the rest. A sticky unit (user, session, conversation) counts once per rollout: failures
 * cluster on a user, and counted one by one they would look like more evidence than they are. This is what one process
 * remembers; where there are several, the store tells what another one has counted.
 */
export class FirstEvents {
  readonly #seen = new Set<number>();

  /** Whether this is the unit's first event here. A request without a key is its own unit. */
  isFirst(unit: number | undefined): boolean {
    if (unit === undefined) return true;
    if (this.#seen.has(unit)) return false;
    this.#seen.add(unit);
    if (this.#seen.size > MAX_UNITS) this.#seen.delete(this.#seen.values().next().value!);
    return true;
  }
}
