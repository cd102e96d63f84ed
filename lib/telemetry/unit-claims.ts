import { count } from './count.js';

/** A unit's first event in this process: it counts for the fleet unless another replica saw one before. */
export interface UnitClaim {
  /** Key of the sum that it counts in. */
  readonly key: string;
  /** Of all that says the same here and for the same epoch, a unit counts once: both arms, under whatever weights. */
  readonly among: string;
  readonly epoch: number;
  readonly unit: number;
}

/**
 * Claims that wait for the store, of each kind. Beyond it a unit does not count at all, in whichever arm it is: what is
 * left out must not depend on that.
 */
const MAX_WAITING = 65_536;

/**
 * What this process has counted by units and the fleet has not confirmed. It counts here at once; the store then adds
 * what it did not know, and from there it comes back with the sums.
 */
export class UnitClaims {
  /** In the order in which they came: a part of them has the arms in their proportion. */
  #waiting: UnitClaim[] = [];
  #underWay: readonly UnitClaim[] = [];
  readonly #byKey = new Map<string, number>();
  readonly #byKind = new Map<string, number>();

  add(claim: UnitClaim): void {
    if ((this.#byKind.get(claim.among) ?? 0) >= MAX_WAITING) return;
    this.#waiting.push(claim);
    count(this.#byKey, claim.key);
    count(this.#byKind, claim.among);
  }

  /** Units that count in this sum and are not confirmed. */
  countOf(key: string): number {
    return this.#byKey.get(key) ?? 0;
  }

  /** Takes up to `atMost` that nobody has been sent yet. They are under way until {@link acknowledge}. */
  take(atMost: number): readonly UnitClaim[] {
    const more = Math.max(0, atMost - this.#underWay.length);
    this.#underWay = [...this.#underWay, ...this.#waiting.slice(0, more)];
    this.#waiting = this.#waiting.slice(more);
    return this.#underWay;
  }

  /** The store has decided on what was taken: what it added is in its sums. */
  acknowledge(): void {
    for (const { key, among } of this.#underWay) {
      count(this.#byKey, key, -1);
      count(this.#byKind, among, -1);
    }
    this.#underWay = [];
  }

  /** Nothing waits for the store to decide on it. */
  get isEmpty(): boolean {
    return this.#byKind.size === 0;
  }

  get hasUnsent(): boolean {
    return this.#waiting.length > 0;
  }
}
