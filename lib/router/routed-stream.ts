import { AsyncResource } from 'node:async_hooks';
import { PlainSignal, type CallerSignal } from '../kit/caller-signal.js';
import type { Outcome } from '../domain/outcome.js';
import type { Usage } from '../domain/usage.js';
import { Outlet, Pull, type Flow, type Sink } from '../upstream/flow.js';
import { failureFrom, UpstreamFailure } from '../upstream/upstream-failure.js';
import type { StreamEvent, UpstreamStream } from '../upstream/upstream-stream.js';
import type { Call, CallReport } from './call.js';
import type { BegunStream } from './hold-back.js';
import type { SentAnswer } from './sent-answer.js';
import { UpstreamError } from './upstream-error.js';

/** What becomes of an answer that broke off. */
export interface Recovery {
  /** Tells whoever decides about asking this environment again. */
  broke(failure: UpstreamFailure): void;
  /** Finds somebody who goes on with it, while it is wanted; `undefined` when nobody can or may. */
  resume(failure: UpstreamFailure, unwanted: CallerSignal): Promise<BegunStream | undefined>;
}

/**
 * An answer on its way to the caller, pinned to the environment that began it: no shift and no rollback touches
 * it. Ends cleanly only when the answer is whole. Its books are closed as soon as it can come to nothing more, also while
 * nobody takes it.
 */
export class RoutedStream implements Flow<readonly StreamEvent[]>, AsyncIterable<readonly StreamEvent[]> {
  /** The stream that the answer comes from: another one each time it is gone on with elsewhere. */
  #current: UpstreamStream;
  /** Of what came before it flowed; goes out first. */
  #held: readonly StreamEvent[] = [];
  readonly #outlet = new Outlet<readonly StreamEvent[]>();
  readonly #over = new PlainSignal();
  /** The last piece has broken off, and is in the books. */
  #isBroken = false;
  /** Its books are closed. */
  #isClosed = false;
  /** Somebody has begun to take. */
  #begun = false;
  #ended: { readonly error: UpstreamError | undefined } | undefined;
  /** Of the caller: a socket calls back in that of whoever opened it, and the books belong to this call. */
  readonly #context = new AsyncResource('RoutedStream', { requireManualDestroy: true });
  readonly #leave = (): void => this.#context.runInAsyncScope(() => this.cancel());

  /** @param sent takes in what goes out, when somebody could go on behind it. */
  constructor(
    private readonly call: Call,
    begun: BegunStream,
    private readonly recovery: Recovery,
    private readonly sent: SentAnswer | undefined,
  ) {
    this.#current = begun.upstream;
    this.#follow(begun);
    // Up to the end: an upstream that is through hears of it no more, and pieces that follow know only `over`.
    call.request.signal?.addEventListener('abort', this.#leave, { once: true });
    if (call.request.signal?.aborted) this.#leave();
  }

  /** Says that the answer is not wanted any more, or was given up while nobody was taking it: nothing more comes. */
  get over(): CallerSignal {
    return this.#over;
  }

  report(): CallReport {
    return this.call.report();
  }

  /** Over all pieces, once it has ended. */
  get usage(): Usage | undefined {
    return this.call.usage;
  }

  get finishReason(): string | undefined {
    return this.#current.finishReason;
  }

  get latency(): number {
    return this.call.latency;
  }

  get timeToFirstToken(): number | undefined {
    return this.call.timeToFirstToken;
  }

  get cost(): number | undefined {
    return this.call.cost;
  }

  [Symbol.asyncIterator](): AsyncIterator<readonly StreamEvent[]> {
    return new Pull(this, () => this.cancel());
  }

  /** Ends with an {@link UpstreamError} when the stream breaks behind its first chunk and nobody goes on with it. */
  into(sink: Sink<readonly StreamEvent[]>): void {
    this.pause();
    this.#outlet.into(sink);
  }

  pause(): void {
    this.#outlet.paused = true;
    this.#current.pause();
  }

  resume(): void {
    this.#begun = true;
    if (this.#ended) {
      this.#finish(this.#ended.error);
      return;
    }
    this.#outlet.paused = false;
    // While another piece is looked for there is nothing to go on with; it will, then.
    if (this.#isBroken) return;
    if (this.#flush()) this.#current.resume();
  }

  /** The caller wants no more: closes the upstream's socket and books what was used. Behind the end it is no abort. */
  cancel(): void {
    this.#giveUp(new UpstreamFailure('client_abort', 'the caller left'));
  }

  #follow({ upstream, held }: BegunStream): void {
    this.#current = upstream;
    this.#held = held;
    this.#isBroken = false;
    upstream.into({
      write: (events) => this.#pass(events),
      end: (error) => this.#context.runInAsyncScope(() => this.#pieceEnded(error)),
    });
    upstream.onGivenUp((failure) => {
      // What flows says so itself, by its end.
      if (!this.#outlet.paused || this.#isClosed) return;
      this.#context.runInAsyncScope(() => {
        if (!upstream.complete) this.#broke(failure);
        this.#giveUp(failure);
      });
    });
  }

  /** @returns whether more may follow at once. */
  #flush(): boolean {
    const held = this.#held;
    this.#held = [];
    return held.length === 0 || this.#pass(held);
  }

  /** @returns whether more may follow at once. */
  #pass(events: readonly StreamEvent[]): boolean {
    try {
      this.sent?.add(events);
      this.call.mirrored?.streamed(events);
      return this.#outlet.write(events) && !this.#isClosed;
    } catch (error) {
      this.#crash(error);
      return false;
    }
  }

  #pieceEnded(error: Error | undefined): void {
    if (this.#isClosed) return;
    if (error) this.#recover(failureFrom(error)).catch((mistake: unknown) => this.#crash(mistake));
    else {
      this.#close('ok');
      this.#tell(undefined);
    }
  }

  /** A mistake of ours is no fault of the upstream's. */
  #crash(error: unknown): void {
    this.#outlet.end(error as Error);
    this.cancel();
  }

  async #recover(broken: UpstreamFailure): Promise<void> {
    this.#broke(broken);
    const piece = await this.recovery.resume(broken, this.#over);
    if (this.#isClosed) {
      // Whoever it was for has left meanwhile.
      piece?.upstream.cancel(broken);
      return;
    }
    if (!piece) {
      this.#close(broken.failure);
      this.#tell(this.#errorOf(broken));
      return;
    }
    this.#follow(piece);
    if (!this.#outlet.paused) this.resume();
  }

  #giveUp(failure: UpstreamFailure): void {
    if (this.#isClosed) return;
    const upstream = this.#current;
    const isWhole = upstream.complete && !this.#isBroken;
    this.#close(isWhole ? 'ok' : failure.failure);
    this.#over.abort();
    // What was still to come of a whole answer is its mark: it is ours, then.
    this.#held = isWhole ? [...this.#held, ...upstream.missingMark] : [];
    this.#tell(isWhole ? undefined : this.#errorOf(failure));
    upstream.cancel(failure);
  }

  #broke(failure: UpstreamFailure): void {
    if (this.#isClosed) return;
    this.#isBroken = true;
    this.call.brokeWith(failure, this.#current.usage);
    this.recovery.broke(failure);
  }

  #close(outcome: Outcome): void {
    this.#isClosed = true;
    this.call.request.signal?.removeEventListener('abort', this.#leave);
    const upstream = this.#current;
    this.call.close(outcome, this.#isBroken ? undefined : upstream.usage, outcome === 'ok' ? upstream : undefined);
  }

  /** How it ended, to whoever takes: at once, or as soon as there is somebody. */
  #tell(error: UpstreamError | undefined): void {
    this.#ended = { error };
    if (this.#begun) this.#finish(error);
  }

  #finish(error: UpstreamError | undefined): void {
    this.#flush();
    this.#outlet.end(error);
  }

  #errorOf(failure: UpstreamFailure): UpstreamError {
    const { route, environment, requestId, attempts } = this.call.report();
    return new UpstreamError(route, environment, failure.failure, attempts, requestId, failure);
  }
}
