import type { Clock } from '../domain/clock.js';
import { UpstreamFailure } from './upstream-failure.js';

/**
 * The limits and the end of one attempt: aborts `signal` when a limit that is set runs out, or when the caller
 * leaves. At most one limit per name is running.
 */
export class Watchdog {
  readonly #controller = new AbortController();
  readonly #running = new Map<string, () => void>();
  readonly #onCallerAbort = (): void => {
    this.#controller.abort(new UpstreamFailure('client_abort', 'the caller left'));
  };

  constructor(
    private readonly clock: Clock,
    private readonly caller: AbortSignal | undefined,
  ) {
    if (caller?.aborted) this.#onCallerAbort();
    else caller?.addEventListener('abort', this.#onCallerAbort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Starts or restarts a limit. `what` completes the sentence "no … within N ms". */
  limit(what: string, ms: number): void {
    this.lift(what);
    const cancel = this.clock.after(ms, () => {
      this.#controller.abort(new UpstreamFailure('timeout', `no ${what} within ${ms} ms`));
    });
    this.#running.set(what, cancel);
  }

  lift(what: string): void {
    this.#running.get(what)?.();
    this.#running.delete(what);
  }

  /** The reason to give up, when there is one: it outranks what the socket made of it. */
  reasonOr(error: unknown): unknown {
    return this.signal.aborted ? this.signal.reason : error;
  }

  /** Ends the attempt's claims on timers and on the caller's signal. */
  release(): void {
    for (const cancel of this.#running.values()) cancel();
    this.#running.clear();
    this.caller?.removeEventListener('abort', this.#onCallerAbort);
  }

  /** Gives the attempt up: closes its socket if that is still open. */
  abandon(reason: UpstreamFailure): void {
    if (!this.signal.aborted) this.#controller.abort(reason);
    this.release();
  }
}
