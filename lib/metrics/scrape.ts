import { setImmediate as nextTurn } from 'node:timers/promises';
import { Turns } from '../kit/turns.js';

/**
 * Reads the metrics of a scrape one after the other: each is read, and written by prom-client, in a turn of the event
 * loop of its own, so that requests wait for one of them at most.
 */
export class Scrape {
  readonly #turns = new Turns(1);
  #waiting = 0;
  readonly #ends: (() => void)[] = [];

  async read<T>(task: () => Promise<T>): Promise<T> {
    this.#waiting++;
    try {
      return await this.#turns.take(async () => {
        await nextTurn();
        return task();
      });
    } finally {
      if (--this.#waiting === 0) for (const end of this.#ends) end();
    }
  }

  /** Caches a value for one scrape: several metrics need the same. */
  once<T>(compute: (key: string) => T): (key: string) => T {
    const known = new Map<string, T>();
    this.#ends.push(() => known.clear());
    return (key) => {
      if (!known.has(key)) known.set(key, compute(key));
      return known.get(key)!;
    };
  }
}
