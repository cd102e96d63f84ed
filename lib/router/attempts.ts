import type { FailureClass } from '../domain/outcome.js';
import { runningTime, type Clock } from '../kit/clock.js';
import type { Target } from '../routing/route-table.js';

/** One call to one environment, as it went. */
export interface Attempt {
  readonly environment: string;
  readonly version: string;
  /** Absent when it succeeded. */
  failure?: FailureClass;
  /** Milliseconds until it succeeded (a stream: began) or failed. */
  duration: number;
}

/** The attempts of one call, in order. */
export class Attempts {
  readonly all: Attempt[] = [];
  #startedAt = 0;

  constructor(private readonly clock: Clock) {}

  get last(): Attempt {
    return this.all.at(-1)!;
  }

  start({ environment, version }: Target): void {
    this.all.push({ environment, version: version.tag, duration: 0 });
    this.#startedAt = runningTime(this.clock);
  }

  /** The last attempt succeeded or failed. */
  stop(): void {
    this.last.duration = Math.max(0, runningTime(this.clock) - this.#startedAt);
  }
}
