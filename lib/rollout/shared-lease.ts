import type { Clock } from '../kit/clock.js';
import type { Lease } from './lease.js';

/** A lease among the workers of one process, by its monotonic clock. A holder that stops asking loses it. */
export class SharedLease {
  #holder: number | undefined;
  #until = 0;

  /** @param length milliseconds. */
  constructor(
    private readonly length: number,
    private readonly clock: Pick<Clock, 'elapsed'>,
  ) {}

  /** The lease as one of the workers sees it. Release it when the worker has died: another one takes over at once. */
  of(holder: number): Lease {
    return {
      isHeld: async () => {
        const now = this.clock.elapsed();
        if (this.#holder !== holder && now < this.#until) return false;
        this.#holder = holder;
        this.#until = now + this.length;
        return true;
      },
      release: async () => {
        if (this.#holder === holder) this.#until = 0;
      },
    };
  }
}
