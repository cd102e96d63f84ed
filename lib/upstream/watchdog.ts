import type { CallerSignal } from '../domain/caller-signal.js';
import type { Clock } from '../domain/clock.js';
import { UpstreamFailure } from './upstream-failure.js';

interface Limit {
  readonly what: string;
  ms: number;
  /** Never, once it is lifted. */
  deadline: number;
}

/**
 * The limits and the end of one attempt: gives it up when a limit that is set runs out, when the caller leaves, or when
 * the process has to end. At most one limit per name is running.
 */
export class Watchdog {
  /** Two or three: a list is looked through sooner than a map is made. */
  readonly #limits: Limit[] = [];
  /** Of the one timer. It may be due before any limit is over, and then looks when the next one will be. */
  #due = Infinity;
  #cancel: (() => void) | undefined;
  #reason: unknown;
  #controller: AbortController | undefined;
  #listener: ((reason: unknown) => void) | undefined;
  readonly #onCallerAbort = (): void => this.#giveUp(new UpstreamFailure('client_abort', 'the caller left'));
  readonly #onEnd = (): void => this.#giveUp(new UpstreamFailure('shutdown', 'this process is shutting down'));

  /** @param end of the process. */
  constructor(
    private readonly clock: Clock,
    private readonly caller: CallerSignal | undefined,
    private readonly end?: CallerSignal,
  ) {
    if (caller?.aborted) this.#onCallerAbort();
    else caller?.addEventListener('abort', this.#onCallerAbort, { once: true });
    if (end?.aborted) this.#onEnd();
    else end?.addEventListener('abort', this.#onEnd, { once: true });
  }

  /** For what takes a signal. Made when it is asked for: a whole answer does without. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#reason !== undefined && !this.#controller.signal.aborted) this.#controller.abort(this.#reason);
    return this.#controller.signal;
  }

  /** Why the attempt was given up; `undefined` while it is not. */
  get reason(): unknown {
    return this.#reason;
  }

  /** Calls back when the attempt is given up, at once if it has been. One listener at a time; `undefined` ends it. */
  listen(listener: ((reason: unknown) => void) | undefined): void {
    this.#listener = listener;
    if (this.#reason !== undefined) listener?.(this.#reason);
  }

  /** Starts or restarts a limit. `what` completes the sentence "no … within N ms". */
  limit(what: string, ms: number): void {
    const deadline = this.clock.elapsed() + ms;
    const known = this.#limits.find((limit) => limit.what === what);
    if (known) {
      known.ms = ms;
      known.deadline = deadline;
    } else this.#limits.push({ what, ms, deadline });
    // A chunk restarts its limit many times a second, and nearly always finds the timer due before.
    if (deadline < this.#due) this.#wakeAt(deadline);
  }

  lift(what: string): void {
    for (const limit of this.#limits) if (limit.what === what) limit.deadline = Infinity;
  }

  #wakeAt(due: number): void {
    this.#cancel?.();
    this.#due = due;
    this.#cancel = this.clock.after(Math.max(0, due - this.clock.elapsed()), () => this.#look());
  }

  #look(): void {
    this.#due = Infinity;
    this.#cancel = undefined;
    const next = this.#limits.reduce((a, b) => (b.deadline < a.deadline ? b : a));
    if (next.deadline <= this.clock.elapsed()) {
      this.#giveUp(new UpstreamFailure('timeout', `no ${next.what} within ${next.ms} ms`));
    } else if (next.deadline < Infinity) this.#wakeAt(next.deadline);
  }

  /** The reason to give up, when there is one: it outranks what the socket made of it. */
  reasonOr(error: unknown): unknown {
    return this.#reason ?? error;
  }

  /** Ends the attempt's claims on timers and on the caller's signal. */
  release(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#due = Infinity;
    this.#limits.length = 0;
    this.#listener = undefined;
    this.caller?.removeEventListener('abort', this.#onCallerAbort);
    this.end?.removeEventListener('abort', this.#onEnd);
  }

  /** Gives the attempt up: closes its socket if that is still open. */
  abandon(reason: UpstreamFailure): void {
    this.#giveUp(reason);
    this.release();
  }

  #giveUp(reason: UpstreamFailure): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#controller?.abort(reason);
    this.#listener?.(reason);
  }
}
