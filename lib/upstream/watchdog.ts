import type { CallerSignal } from '../kit/caller-signal.js';
import type { Clock } from '../kit/clock.js';
import type { EndSignal } from '../kit/end-signal.js';
import type { Standstills } from '../kit/standstill.js';
import { failureFrom, UpstreamFailure } from './upstream-failure.js';

const OF_SILENCE = new Set(['network', 'timeout', 'truncated']);

interface Limit {
  readonly what: string;
  ms: number;
  /** `Infinity` once it is lifted. */
  deadline: number;
  /** The reaction, in place of giving up. */
  onEnd: (() => void) | undefined;
}

/**
 * The limits and the end of one attempt. Gives the attempt up when a limit runs out, when the caller leaves or is too
 * slow, or when the process has to end. At most one limit per name runs, and only while we wait for the provider.
 * Time that the caller takes has a limit of its own.
 */
export class Watchdog {
  /** Two or three: searching a list is faster than making a map, and a fresh list has no spare room. */
  #limits: readonly Limit[] = [];
  /** Due time of the one timer. It may be earlier than any limit; then the timer is set again. */
  #due = Infinity;
  #cancel: (() => void) | undefined;
  #reason: unknown;
  #controller: AbortController | undefined;
  #listeners: readonly ((reason: unknown) => void)[] = [];
  /** When the provider began to wait for the caller. */
  #heldSince: number | undefined;
  /** Milliseconds that the caller has left, not counting those since then. */
  #callersLeft = Infinity;
  #callersMs = Infinity;
  readonly #before: Standstills | undefined;
  /** Milliseconds of standing still that the limits have got back. */
  #givenBack: number;
  readonly #onCallerAbort = (): void => this.#giveUp(new UpstreamFailure('client_abort', 'the caller left'));
  /** Stops listening to the end of the process. */
  #leaveEnd: (() => void) | undefined;

  /** @param end of the process. */
  constructor(
    private readonly clock: Clock,
    private readonly caller: CallerSignal | undefined,
    end?: EndSignal,
  ) {
    this.#before = clock.standstills?.();
    this.#givenBack = this.#before?.ms ?? 0;
    if (caller?.aborted) this.#onCallerAbort();
    else caller?.addEventListener('abort', this.#onCallerAbort, { once: true });
    const onEnd = (): void => this.#giveUp(new UpstreamFailure('shutdown', 'this process is shutting down'));
    if (end?.ended) onEnd();
    else this.#leaveEnd = end?.listen(onEnd);
  }

  /** For APIs that take a signal. Made on demand: a whole answer needs none. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#reason !== undefined && !this.#controller.signal.aborted) this.#controller.abort(this.#reason);
    return this.#controller.signal;
  }

  /** Why the attempt was given up; `undefined` while it is not. */
  get reason(): unknown {
    return this.#reason;
  }

  /** Calls back when the attempt is given up; at once if it already was. */
  listen(listener: (reason: unknown) => void): void {
    this.#listeners = [...this.#listeners, listener];
    if (this.#reason !== undefined) listener(this.#reason);
  }

  /**
   * Starts or restarts a limit. `what` completes the sentence "no … within N ms".
   *
   * @param onEnd what happens when it runs out, in place of giving up.
   */
  limit(what: string, ms: number, onEnd?: () => void): void {
    // The first one has nothing to get back.
    if (this.#limits.length > 0 || this.#heldSince !== undefined) this.#giveBack();
    const now = this.clock.elapsed();
    const deadline = (this.#heldSince ?? now) + ms;
    const known = this.#limits.find((limit) => limit.what === what);
    if (known) {
      known.ms = ms;
      known.deadline = deadline;
    } else this.#limits = [...this.#limits, { what, ms, deadline, onEnd }];
    // A chunk restarts its limit many times a second. The timer is nearly always due earlier.
    if (deadline < this.#due) this.#wakeAt(deadline, now);
  }

  lift(what: string): void {
    for (const limit of this.#limits) if (limit.what === what) limit.deadline = Infinity;
  }

  /** Limits the total time that the caller keeps the provider waiting. */
  limitCaller(ms: number): void {
    this.#callersMs = ms;
    this.#callersLeft = ms;
  }

  /** The provider waits until the caller has read. */
  hold(): void {
    if (this.#heldSince !== undefined) return;
    this.#giveBack();
    this.#heldSince = this.clock.elapsed();
    const deadline = this.#heldSince + this.#callersLeft;
    if (deadline < this.#due) this.#wakeAt(deadline);
  }

  /** The caller has read: limits continue where they stopped. */
  resume(): void {
    if (this.#heldSince === undefined) return;
    this.#giveBack();
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

  #wakeAt(due: number, now = this.clock.elapsed()): void {
    this.#cancel?.();
    this.#due = due;
    this.#cancel = this.clock.after(Math.max(0, due - now), () => this.#look());
  }

  /** A process that stood still heard nothing: what came meanwhile is still to be read. */
  #giveBack(): void {
    const more = (this.clock.standstills?.().ms ?? 0) - this.#givenBack;
    if (more <= 0) return;
    this.#givenBack += more;
    if (this.#heldSince !== undefined) this.#heldSince += more;
    for (const limit of this.#limits) limit.deadline += more;
  }

  get #stoodStill(): boolean {
    return this.clock.standstills?.().count !== this.#before?.count;
  }

  #look(): void {
    this.#due = Infinity;
    this.#cancel = undefined;
    this.#giveBack();
    const next = this.#next;
    const deadline = this.#heldSince === undefined ? next?.deadline : this.#heldSince + this.#callersLeft;
    if (deadline === undefined || deadline === Infinity) return;
    if (deadline > this.clock.elapsed()) this.#wakeAt(deadline);
    else if (this.#heldSince === undefined && next?.onEnd) {
      next.deadline = Infinity;
      next.onEnd();
      this.#look();
    } else if (this.#heldSince === undefined) {
      this.#giveUp(this.#blamed(new UpstreamFailure('timeout', `no ${next?.what} within ${next?.ms} ms`)));
    } else {
      this.#giveUp(
        new UpstreamFailure('client_abort', `the caller kept the provider waiting for ${this.#callersMs} ms in all`),
      );
    }
  }

  /** Time by the wall clock, for dates that a provider names. */
  get now(): number {
    return this.clock.now();
  }

  /** The reason to give up, if there is one: it outranks the error that the socket made of it. */
  reasonOr(error: unknown): unknown {
    return this.#reason ?? (this.#stoodStill ? this.#blamed(failureFrom(error)) : error);
  }

  /** Silence and lost connections may be the work of this process itself. */
  #blamed(failure: UpstreamFailure): UpstreamFailure {
    if (!this.#stoodStill || !OF_SILENCE.has(failure.failure)) return failure;
    return new UpstreamFailure('frozen', `${failure.message}, and this process stood still meanwhile`, {
      cause: failure,
    });
  }

  /** Frees the timer and stops listening to the caller. */
  release(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#due = Infinity;
    this.#limits = [];
    this.#callersLeft = Infinity;
    this.#listeners = [];
    this.caller?.removeEventListener('abort', this.#onCallerAbort);
    this.#leaveEnd?.();
  }

  /** Gives the attempt up, and closes its socket if that is still open. */
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
