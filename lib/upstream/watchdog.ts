import type { CallerSignal } from '../kit/caller-signal.js';
import type { Clock } from '../kit/clock.js';
import { UpstreamFailure } from './upstream-failure.js';

interface Limit {
  readonly what: string;
  ms: number;
  /** Never, once it is lifted. */
  deadline: number;
}

/**
 * The limits and the end of one attempt: gives it up when a limit that is set runs out, when the caller leaves or is too
 * slow, or when the process has to end. At most one limit per name is running, and only while the provider has the turn:
 * time that the caller takes is the caller's, and has a limit of its own.
 */
export class Watchdog {
  /** Two or three: a list is looked through sooner than a map is made, and a new one has no room to spare. */
  #limits: readonly Limit[] = [];
  /** Of the one timer. It may be due before any limit is over, and then looks when the next one will be. */
  #due = Infinity;
  #cancel: (() => void) | undefined;
  #reason: unknown;
  #controller: AbortController | undefined;
  #listeners: readonly ((reason: unknown) => void)[] = [];
  /** Since when the provider waits for the caller. */
  #heldSince: number | undefined;
  /** Milliseconds that the caller has left, without those since then. */
  #callersLeft = Infinity;
  #callersMs = Infinity;
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

  /** Calls back when the attempt is given up, at once if it has been. */
  listen(listener: (reason: unknown) => void): void {
    this.#listeners = [...this.#listeners, listener];
    if (this.#reason !== undefined) listener(this.#reason);
  }

  /** Starts or restarts a limit. `what` completes the sentence "no … within N ms". */
  limit(what: string, ms: number): void {
    const deadline = (this.#heldSince ?? this.clock.elapsed()) + ms;
    const known = this.#limits.find((limit) => limit.what === what);
    if (known) {
      known.ms = ms;
      known.deadline = deadline;
    } else this.#limits = [...this.#limits, { what, ms, deadline }];
    // A chunk restarts its limit many times a second, and nearly always finds the timer due before.
    if (deadline < this.#due) this.#wakeAt(deadline);
  }

  lift(what: string): void {
    for (const limit of this.#limits) if (limit.what === what) limit.deadline = Infinity;
  }

  /** How long the caller may keep the provider waiting, in all. */
  limitCaller(ms: number): void {
    this.#callersMs = ms;
    this.#callersLeft = ms;
  }

  /** The provider can do no more until the caller has read. */
  hold(): void {
    if (this.#heldSince !== undefined) return;
    this.#heldSince = this.clock.elapsed();
    const deadline = this.#heldSince + this.#callersLeft;
    if (deadline < this.#due) this.#wakeAt(deadline);
  }

  /** The caller has read: limits go on where they stood. */
  resume(): void {
    if (this.#heldSince === undefined) return;
    const taken = this.clock.elapsed() - this.#heldSince;
    this.#heldSince = undefined;
    this.#callersLeft -= taken;
    for (const limit of this.#limits) limit.deadline += taken;
    const next = this.#next;
    if (next && next.deadline < this.#due) this.#wakeAt(next.deadline);
  }

  get #next(): Limit | undefined {
    return this.#limits.reduce<Limit | undefined>((a, b) => (a && a.deadline <= b.deadline ? a : b), undefined);
  }

  #wakeAt(due: number): void {
    this.#cancel?.();
    this.#due = due;
    this.#cancel = this.clock.after(Math.max(0, due - this.clock.elapsed()), () => this.#look());
  }

  #look(): void {
    this.#due = Infinity;
    this.#cancel = undefined;
    const next = this.#next;
    const deadline = this.#heldSince === undefined ? next?.deadline : this.#heldSince + this.#callersLeft;
    if (deadline === undefined || deadline === Infinity) return;
    if (deadline > this.clock.elapsed()) this.#wakeAt(deadline);
    else if (this.#heldSince === undefined) {
      this.#giveUp(new UpstreamFailure('timeout', `no ${next?.what} within ${next?.ms} ms`));
    } else {
      this.#giveUp(new UpstreamFailure('client_abort', `the caller has not read on for ${this.#callersMs} ms in all`));
    }
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
    this.#limits = [];
    this.#callersLeft = Infinity;
    this.#listeners = [];
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
    for (const listener of this.#listeners) listener(reason);
  }
}
