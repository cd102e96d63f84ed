import type { Clock } from 'nestjs-blue-green';

<<<<<<< HEAD
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
=======
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
>>>>>>> specs-b
  }
}
