import { CircuitState, type IBreaker } from 'cockatiel';

/** When a breaker opens, and for how long. */
export interface BreakerSettings {
  /** Share of failures among the last calls that opens it, in (0, 1]. */
  readonly threshold: number;
  /** Number of last calls that count. */
  readonly size: number;
  /** Calls needed before it may open. */
  readonly minCalls: number;
  /** Milliseconds until one call may try again. */
  readonly halfOpenAfter: number;
}

/**
 * Opens a breaker when too many of the last calls have failed. Unlike the library's own counter it can be corrected: a
 * stream that began well, and was counted as a success, may break.
 */
export class LastCalls implements IBreaker {
  /** Whether each has failed, oldest first. The name is the library's. */
  state: boolean[] = [];

  constructor(private readonly options: Pick<BreakerSettings, 'threshold' | 'size' | 'minCalls'>) {}

  success(state: CircuitState): void {
    // After a trial that went well the count starts over.
    if (state === CircuitState.HalfOpen) this.state = [];
    this.#add(false);
  }

  failure(): boolean {
    this.#add(true);
    const { threshold, minCalls } = this.options;
    const calls = this.state.length;
    return calls >= minCalls && this.state.filter(Boolean).length > threshold * calls;
  }

  /** Takes one success back. */
  retract(): void {
    const newest = this.state.lastIndexOf(false);
    if (newest >= 0) this.state.splice(newest, 1);
  }

  #add(failed: boolean): void {
    this.state.push(failed);
    if (this.state.length > this.options.size) this.state.shift();
  }
}
