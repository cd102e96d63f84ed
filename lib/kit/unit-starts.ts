import { isKept, secondHash } from './second-hash.js';

/** Thinned further than this, not one unit of a whole arm would be left. */
const MOST_LEVEL = 20;
const EMPTY = 0xff;
/** Slots of a set that has just been made, per unit that it holds at most: half of them stay empty. */
const SLOTS_PER_UNIT = 2;
const SMALLEST = 1_024;

/**
 * Remembers, of every unit, the latest starting point at its last event. Holds at most `capacity` units: when it is
 * full, only units whose second hash falls into one half, then a quarter, and so on, count and are remembered, in
 * both arms alike. So what is left out does not depend on the arm, and no unit ever counts twice for a starting
 * point. Five bytes a slot: 1.3 MB for 131,072 units.
 */
export class UnitStarts {
  #slots: number;
  #units: Uint32Array;
  #starts: Uint8Array;
  #size = 0;
  #level = 0;

  constructor(private readonly capacity = 65_536) {
    this.#slots = slotsFor(Math.min(SMALLEST, capacity));
    this.#units = new Uint32Array(this.#slots);
    this.#starts = new Uint8Array(this.#slots).fill(EMPTY);
  }

  /** One unit of 2^level counts. */
  get level(): number {
    return this.#level;
  }

  get size(): number {
    return this.#size;
  }

  /** Whether the unit is one of those that count. */
  keeps(unit: number): boolean {
    return isKept(secondHash(unit), this.#level);
  }

  /**
   * Takes in an event of a unit.
   *
   * @param start latest starting point that has begun, 0 to 63.
   * @returns the starting point at its previous event, −1 when it had none; `undefined` when this one does not count:
   * the unit is left out, or had an event at this starting point or a later one.
   */
  claim(unit: number, start: number): number | undefined {
    const hash = secondHash(unit);
    if (!isKept(hash, this.#level)) return undefined;
    let slot = this.#slotOf(unit, hash);
    const before = this.#starts[slot]!;
    if (before !== EMPTY) {
      if (start <= before) return undefined;
      this.#starts[slot] = start;
      return before;
    }
    while (this.#size >= this.capacity && this.#level < MOST_LEVEL) this.thinTo(this.#level + 1);
    if (!isKept(hash, this.#level) || this.#size >= this.capacity) return undefined;
    if ((this.#size + 1) * SLOTS_PER_UNIT > this.#slots) this.#rebuild(this.#slots * 2);
    slot = this.#slotOf(unit, hash);
    this.#units[slot] = unit;
    this.#starts[slot] = start;
    this.#size++;
    return -1;
  }

  /** Counts one unit of 2^level from now on, as another replica does; never more than before. */
  thinTo(level: number): void {
    if (level <= this.#level) return;
    this.#level = Math.min(level, MOST_LEVEL);
    this.#rebuild(this.#slots);
  }

  #slotOf(unit: number, hash: number): number {
    const mask = this.#slots - 1;
    let slot = (hash >>> 8) & mask;
    while (this.#starts[slot] !== EMPTY && this.#units[slot] !== unit) slot = (slot + 1) & mask;
    return slot;
  }

  #rebuild(slots: number): void {
    const [units, starts] = [this.#units, this.#starts];
    this.#slots = slots;
    this.#units = new Uint32Array(slots);
    this.#starts = new Uint8Array(slots).fill(EMPTY);
    this.#size = 0;
    for (let old = 0; old < units.length; old++) {
      const [unit, start] = [units[old]!, starts[old]!];
      if (start === EMPTY) continue;
      const hash = secondHash(unit);
      if (!isKept(hash, this.#level)) continue;
      const slot = this.#slotOf(unit, hash);
      this.#units[slot] = unit;
      this.#starts[slot] = start;
      this.#size++;
    }
  }
}

function slotsFor(units: number): number {
  return 2 ** Math.ceil(Math.log2(units * SLOTS_PER_UNIT));
}
