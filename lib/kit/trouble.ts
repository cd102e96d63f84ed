import { systemClock, type Clock } from './clock.js';

/** Shortest time between two reports of a problem that comes and goes, milliseconds. */
const EVERY = 60_000;

/** Decides when to report a problem: once while it lasts, and at most once a minute when it comes and goes. */
export class Trouble {
  #isTold = false;
  #toldAt = -Infinity;

  constructor(private readonly clock: Pick<Clock, 'elapsed'> = systemClock) {}

  /** It lasts, and was reported. */
  get isTold(): boolean {
    return this.#isTold;
  }

  /** Milliseconds until {@link seen} reports again. */
  get dueIn(): number {
    return Math.max(0, this.#toldAt + EVERY - this.clock.elapsed());
  }

  /** Call whenever the problem is seen. @returns whether to report it now. */
  seen(): boolean {
    if (this.#isTold || this.dueIn > 0) return false;
    this.#isTold = true;
    this.#toldAt = this.clock.elapsed();
    return true;
  }

  /** Call whenever the problem is not seen. @returns whether to report that it is over. */
  over(): boolean {
    const wasTold = this.#isTold;
    this.#isTold = false;
    return wasTold;
  }
}
