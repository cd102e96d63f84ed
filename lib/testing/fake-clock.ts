import type { Clock } from '../kit/clock.js';
import type { Standstills } from '../kit/standstill.js';

interface Timer {
  readonly at: number;
  readonly ms: number;
  readonly callback: () => void;
  /** Waits for time that passes by itself. */
  real?: NodeJS.Timeout;
}

/**
 * A clock that tests move. Give it to the module instead of its own: steps of a schedule, windows of figures and
 * timeouts then take no time at all.
 *
 * A new one stands still, so everything that waits, even a retry, waits until the test moves it. {@link
 * FakeClock.running} also runs by itself, like any clock.
 *
 * @example
 * ```ts
 * const clock = FakeClock.running();
 * const compiled = await Test.createTestingModule({ imports: [AppModule] })
 *   .overrideProvider(CLOCK)
 *   .useValue(clock)
 *   .compile();
 * ```
 */
export class FakeClock implements Clock {
  #elapsed = 0;
  #standstills: Standstills = { count: 0, ms: 0 };
  readonly #timers = new Set<Timer>();
  #awaited: (() => void)[] = [];
  /** Real time at which it began to run by itself. */
  #runsSince: number | undefined;

  /** @param wall where it begins, in milliseconds since the epoch. Default: the beginning of 2026, UTC. */
  constructor(private wall = Date.UTC(2026, 0, 1)) {}

  /** A clock that runs by itself and can be moved forward as well. It begins at the real time. */
  static running(): FakeClock {
    const clock = new FakeClock(Date.now());
    clock.#runsSince = performance.now();
    return clock;
  }

  now(): number {
    return Math.round(this.wall + this.#byItself);
  }

  elapsed(): number {
    return this.#elapsed + this.#byItself;
  }

  after(ms: number, callback: () => void): () => void {
    const timer: Timer = { at: this.elapsed() + ms, ms, callback };
    this.#timers.add(timer);
    if (this.#runsSince !== undefined) timer.real = setTimeout(() => this.#ring(timer), ms);
    const awaited = this.#awaited;
    this.#awaited = [];
    for (const wake of awaited) wake();
    return () => this.#remove(timer);
  }

  /** Lets milliseconds pass. Timers that come due are called in their order. */
  advance(ms: number): void {
    const end = this.elapsed() + ms;
    for (let next = this.#due(end); next; next = this.#due(end)) {
      this.#moveTo(next.at);
      this.#ring(next);
    }
    this.#moveTo(end);
  }

  /** The process stands still for so many milliseconds, as after `SIGSTOP`: then timers that came due are called. */
  freeze(ms: number): void {
    const { count, ms: before } = this.#standstills;
    this.#standstills = { count: count + 1, ms: before + ms };
    this.#moveTo(this.elapsed() + ms);
    this.advance(0);
  }

  standstills(): Standstills {
    return this.#standstills;
  }

  /** Sets only the wall clock, as an operator or NTP would. */
  setWall(now: number): void {
    this.wall = now - this.#byItself;
  }

  /** Resolves when a timer of at most this many milliseconds is running, with its length. */
  async shortestTimer(atMost: number): Promise<number> {
    for (;;) {
      const shortest = Math.min(...[...this.#timers].map(({ ms }) => ms));
      if (shortest <= atMost) return shortest;
      await new Promise<void>((resolve) => this.#awaited.push(resolve));
    }
  }

  /** Whether a timer of exactly this length is running, in milliseconds. */
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

  get #byItself(): number {
    return this.#runsSince === undefined ? 0 : performance.now() - this.#runsSince;
  }

  #ring(timer: Timer): void {
    this.#remove(timer);
    timer.callback();
  }

  #remove(timer: Timer): void {
    this.#timers.delete(timer);
    clearTimeout(timer.real);
  }

  /** Never backward: a running clock may be past that already. */
  #moveTo(elapsed: number): void {
    const step = Math.max(0, elapsed - this.elapsed());
    this.wall += step;
    this.#elapsed += step;
  }
}
