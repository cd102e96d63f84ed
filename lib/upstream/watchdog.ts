import type { CallerSignal } from '../domain/caller-signal.js';
import type { Clock } from '../domain/clock.js';
import { UpstreamFailure } from './upstream-failure.js';

interface Limit {
  readonly ms: number;
  readonly deadline: number;
}

/** A timer, and the limit that it looks after; lifted when there is none. */
interface Running {
  readonly what: string;
  readonly due: number;
  limit: Limit | undefined;
  readonly cancel: () => void;
}

/**
 * The limits and the end of one attempt: gives it up when a limit that is set runs out, when the caller leaves, or when
 * the process has to end. At most one limit per name is running.
 */
export class Watchdog {
  /** Two or three: a list is found through sooner than a map is made. */
  #running: Running[] = [];
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
    const running = this.#find(what);
    // A chunk restarts its limit many times a second: a timer that is due before is moved when it gets there.
    if (running && running.due <= deadline) running.limit = { ms, deadline };
    else {
      if (running) this.#end(running);
      this.#run(what, { ms, deadline });
    }
  }

  lift(what: string): void {
    const running = this.#find(what);
    if (running) running.limit = undefined;
  }

  #find(what: string): Running | undefined {
    return this.#running.find((running) => running.what === what);
  }

  #run(what: string, limit: Limit): void {
    const wait = Math.max(0, limit.deadline - this.clock.elapsed());
    const running: Running = {
      what,
      due: limit.deadline,
      limit,
      cancel: this.clock.after(wait, () => this.#due(running)),
    };
    this.#running.push(running);
  }

  #end(running: Running): void {
    running.cancel();
    this.#running.splice(this.#running.indexOf(running), 1);
  }

  #due(running: Running): void {
    const { what, limit } = running;
    this.#end(running);
    if (!limit) return;
    if (this.clock.elapsed() < limit.deadline) this.#run(what, limit);
    else this.#giveUp(new UpstreamFailure('timeout', `no ${what} within ${limit.ms} ms`));
  }

  /** The reason to give up, when there is one: it outranks what the socket made of it. */
  reasonOr(error: unknown): unknown {
    return this.#reason ?? error;
  }

  /** Ends the attempt's claims on timers and on the caller's signal. */
  release(): void {
    for (const { cancel } of this.#running) cancel();
    this.#running = [];
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
