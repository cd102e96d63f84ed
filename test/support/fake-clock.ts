import type { Clock } from 'nestjs-blue-green';

interface Timer {
  readonly at: number;
  readonly ms: number;
  readonly callback: () => void;
}

/** Time that passes when it is told to. */
export class FakeClock implements Clock {
  #elapsed = 0;
  readonly #timers = new Set<Timer>();
  #awaited: (() => void)[] = [];

  constructor(private wall = Date.UTC(2026, 0, 1)) {}

  now(): number {
    return this.wall;
  }

  elapsed(): number {
    return this.#elapsed;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.#elapsed + ms, ms, callback };
    this.#timers.add(timer);
    const awaited = this.#awaited;
    this.#awaited = [];
    for (const wake of awaited) wake();
    return () => this.#timers.delete(timer);
  }

  /** Lets time pass; what falls due on the way is called in its order. */
  advance(ms: number): void {
    const end = this.#elapsed + ms;
    for (let next = this.#due(end); next; next = this.#due(end)) {
      this.#timers.delete(next);
      this.#moveTo(next.at);
      next.callback();
    }
    this.#moveTo(end);
  }

  /** Sets the wall clock alone, as an operator or NTP would. */
  setWall(now: number): void {
    this.wall = now;
  }

  /** Resolves when a timer of at most this length is running, and says how long that is. */
  async shortestTimer(atMost: number): Promise<number> {
    for (;;) {
      const shortest = Math.min(...[...this.#timers].map(({ ms }) => ms));
      if (shortest <= atMost) return shortest;
      await new Promise<void>((resolve) => this.#awaited.push(resolve));
    }
  }

  /** Whether a timer of exactly this length is running. */
  runs(ms: number): boolean {
    return [...this.#timers].some((timer) => timer.ms === ms);
  }

  /** Timers that are running. */
  get timers(): number {
    return this.#timers.size;
  }

  #due(end: number): Timer | undefined {
    return [...this.#timers].filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)[0];
  }

  #moveTo(elapsed: number): void {
    this.wall += elapsed - this.#elapsed;
    this.#elapsed = elapsed;
  }
}
