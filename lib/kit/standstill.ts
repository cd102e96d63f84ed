/** Milliseconds between two beats. */
const BEAT = 100;
/** A process whose beat is late by more than this stood still: it was stopped, or asleep, or kept busy. */
const LONG = 2_000;

/** How often this process stood still since it is watched, and for how long in all. */
export interface Standstills {
  readonly count: number;
  /** Milliseconds by the clock that never goes back. It stands still itself while a machine sleeps. */
  readonly ms: number;
}

/** Notices that this process did not run for a while. Calls in flight at that time say nothing about a provider. */
export class StandstillWatch {
  #seen: Standstills = { count: 0, ms: 0 };
  #elapsed: number;
  #now: number;

  /**
   * @param elapsed milliseconds on a clock that never goes back.
   * @param now wall time: it goes on while a machine sleeps.
   */
  constructor(
    private readonly elapsed: () => number,
    private readonly now: () => number,
  ) {
    this.#elapsed = elapsed();
    this.#now = now();
  }

  static started(elapsed: () => number, now: () => number): StandstillWatch {
    const watch = new StandstillWatch(elapsed, now);
    setInterval(() => watch.beat(), BEAT).unref();
    return watch;
  }

  /** Up to now: events that arrived meanwhile are handled before the next beat. */
  get seen(): Standstills {
    this.#look(false);
    return this.#seen;
  }

  /** Milliseconds by the clock that never goes back, without those of standing still. */
  get running(): number {
    const elapsed = this.elapsed();
    const isLate = elapsed - this.#elapsed - BEAT > LONG;
    return (isLate ? this.#look(false) : elapsed) - this.#seen.ms;
  }

  beat(): void {
    this.#look(true);
  }

  #look(isBeat: boolean): number {
    const elapsed = this.elapsed();
    const now = this.now();
    const passed = elapsed - this.#elapsed;
    const late = passed - BEAT;
    const slept = now - this.#now - passed;
    const isLong = late > LONG || slept > LONG;
    if (isLong) this.#seen = { count: this.#seen.count + 1, ms: this.#seen.ms + (late > LONG ? late : 0) };
    if (isLong || isBeat) {
      this.#elapsed = elapsed;
      this.#now = now;
    }
    return elapsed;
  }
}
