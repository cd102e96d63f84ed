import type { Clock } from 'nestjs-blue-green';

/** Time that moves only when it is told to. */
export class FakeClock implements Clock {
  #time = Date.UTC(2030, 0, 1);
  readonly #timers = new Set<{ at: number; callback: () => void }>();

  now(): number {
    return this.#time;
  }

  elapsed(): number {
    return this.#time;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.#time + ms, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Moves on and runs what has become due, in order. */
  advance(ms: number): void {
    const end = this.#time + ms;
    const next = () => [...this.#timers].filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)[0];
    for (let timer = next(); timer; timer = next()) {
      this.#timers.delete(timer);
      this.#time = timer.at;
      timer.callback();
    }
    this.#time = end;
  }
}
