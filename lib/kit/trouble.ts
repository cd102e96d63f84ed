import { systemClock, type Clock } from './clock.js';

/** Of a trouble that comes and goes, people are told this often at most, milliseconds. */
const EVERY = 60_000;

/** Whether to tell people of a trouble: once while it lasts, and once a minute at most when it comes and goes. */
export class Trouble {
  #isTold = false;
  #toldAt = -Infinity;

  constructor(private readonly clock: Pick<Clock, 'elapsed'> = systemClock) {}

  /** Whether it lasts, and people know. */
  get isTold(): boolean {
    return this.#isTold;
  }

  /** Milliseconds until {@link seen} would tell again. */
  get dueIn(): number {
    return Math.max(0, this.#toldAt + EVERY - this.clock.elapsed());
  }

  /** Called as often as it is seen. @returns whether to tell of it now. */
  seen(): boolean {
    if (this.#isTold || this.dueIn > 0) return false;
    this.#isTold = true;
    this.#toldAt = this.clock.elapsed();
    return true;
  }

  /** Called as often as it is not seen. @returns whether to say that it is over. */
  over(): boolean {
    const wasTold = this.#isTold;
    this.#isTold = false;
    return wasTold;
  }
}
