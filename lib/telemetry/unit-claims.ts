import { count } from './count.js';

/** An event of a unit, first here since a starting point: the store knows whether another replica saw one before. */
export interface UnitClaim {
  /** Key of the sum that it counts in. */
  readonly key: string;
  /** The name of the number there that it counts for until the store has decided. */
  readonly field: string;
  /** A unit counts once for a starting point among claims with the same name and epoch, in both arms together. */
  readonly among: string;
  readonly epoch: number;
  /** Second hash of the unit. */
  readonly hash: number;
  readonly start: number;
  /** Units that are told apart before they are thinned. */
  readonly most: number;
}

/**
 * Claims of each kind that may wait for the store. Beyond that a unit does not count at all, in either arm: the loss
 * must not depend on the arm.
 */
const MAX_WAITING = 65_536;

/** The same of all kinds together: some 60 MB. */
const MAX_ALL = 500_000;

/**
 * Units that this process has counted and the fleet has not confirmed. They count here at once. The store adds the
 * units that are new to it, and they come back with its sums.
 */
export class UnitClaims {
  /** In the order of arrival: any part of them has the arms in proportion. */
  #waiting: UnitClaim[] = [];
  /** Claims of it that were taken already. */
  #taken = 0;
  #underWay: readonly UnitClaim[] = [];
  readonly #byKey = new Map<string, Map<string, number>>();
  readonly #byKind = new Map<string, number>();

  add(claim: UnitClaim): void {
    if ((this.#byKind.get(claim.among) ?? 0) >= MAX_WAITING || this.#waiting.length - this.#taken >= MAX_ALL) return;
    this.#waiting.push(claim);
    this.#count(claim, 1);
  }

  /** Units that count in this sum and are not confirmed, by field. */
  of(key: string): ReadonlyMap<string, number> {
    return this.#byKey.get(key) ?? NONE;
  }

  /** Takes up to `atMost` unsent claims. They are under way until {@link acknowledge}. */
  take(atMost: number): readonly UnitClaim[] {
    const more = Math.max(0, atMost - this.#underWay.length);
    this.#underWay = [...this.#underWay, ...this.#waiting.slice(this.#taken, this.#taken + more)];
    this.#taken = Math.min(this.#waiting.length, this.#taken + more);
    // Not every time: the rest is moved to the front.
    if (this.#taken * 2 >= this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#taken);
      this.#taken = 0;
    }
    return this.#underWay;
  }

  /** The store has decided on the claims that were taken. Its sums include those it added. */
  acknowledge(): void {
    for (const claim of this.#underWay) this.#count(claim, -1);
    this.#underWay = [];
  }

  /** No claim waits for the store. */
  get isEmpty(): boolean {
    return this.#byKind.size === 0;
  }

  get hasUnsent(): boolean {
    return this.#waiting.length > this.#taken;
  }

  #count({ key, field, among }: UnitClaim, change: number): void {
    let fields = this.#byKey.get(key);
    if (!fields) this.#byKey.set(key, (fields = new Map<string, number>()));
    count(fields, field, change);
    if (fields.size === 0) this.#byKey.delete(key);
    count(this.#byKind, among, change);
  }
}

const NONE: ReadonlyMap<string, number> = new Map();
