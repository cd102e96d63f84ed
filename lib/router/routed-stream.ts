import { AsyncResource } from 'node:async_hooks';
import type { BlueGreenError } from '../domain/errors.js';
import type { Outcome } from '../domain/outcome.js';
import { PlainSignal, type CallerSignal } from '../kit/caller-signal.js';
import { Pull, type Flow, type Sink } from '../upstream/flow.js';
import { failureFrom, UpstreamFailure } from '../upstream/upstream-failure.js';
import type { JsonObject } from '../kit/json.js';
import type { SseEvent } from '../upstream/sse.js';
import type { UpstreamStream } from '../upstream/upstream-stream.js';
import type { StreamEvent } from '../upstream/accepted-events.js';
import type { Call } from './call.js';
import { errorEvent } from './error-response.js';
import type { SentAnswer } from './sent-answer.js';
import type { BegunStream } from './stream-buffer.js';
import { StreamOutlet } from './stream-outlet.js';
import { UpstreamError } from './upstream-error.js';

/** The treatment of an answer that broke off. */
export interface Recovery {
  /** Reports the failure to the environment's breaker. */
  broke(failure: UpstreamFailure): void;
  /** Has another environment continue the answer, until `abandoned` aborts; `undefined` when none can or may. */
  resume(failure: UpstreamFailure, abandoned: CallerSignal): Promise<BegunStream | undefined>;
}

/**
 * An answer on its way to the caller, pinned to the environment that began it: no shift and no rollback touches it. It
 * ends cleanly only when the answer is whole. Its call is closed as soon as nothing more can come, also while the
 * caller takes nothing.
 */
export class RoutedStream implements Flow<readonly StreamEvent[]>, AsyncIterable<readonly StreamEvent[]> {
  /** The stream that the answer comes from: another one each time another environment continues it. */
  #current: UpstreamStream;
  readonly #outlet = new StreamOutlet((events) => this.#pass(events));
  readonly #abandoned = new PlainSignal();
  /** The part that was sent, as far as an error event refers to it. */
  #last: StreamEvent | undefined;
  #start: JsonObject | undefined;
  /** The current stream has broken, and the call knows. */
  #isBroken = false;
  /** The call is closed. */
  #isClosed = false;
  #onBooked: (() => void) | undefined;
  /** The caller's: a socket calls back in the context of the code that opened it, and the call belongs to this one. */
  readonly #context = new AsyncResource('RoutedStream', { requireManualDestroy: true });
  readonly #leave = (): void => this.#context.runInAsyncScope(() => this.cancel());

  /** @param sent collects what goes out, when another environment may continue it. */
  constructor(
    readonly call: Call,
    begun: BegunStream,
    private readonly recovery: Recovery,
    private readonly sent: SentAnswer | undefined,
  ) {
    this.#current = begun.upstream;
    this.#follow(begun);
    // Until the end: an upstream that is done no longer listens, and streams that follow know only `abandoned`.
    call.request.signal?.addEventListener('abort', this.#leave, { once: true });
    if (call.request.signal?.aborted) this.#leave();
  }

  /**
   * Aborts when the answer is not wanted any more, or was given up while the caller took nothing: nothing more comes.
   */
  get abandoned(): CallerSignal {
    return this.#abandoned;
  }

  /** The event that tells the caller of this error. */
  eventOf(error: BlueGreenError): SseEvent {
    const { outgoing, request } = this.call;
    const event = errorEvent(error, request.dialect, { start: this.#start, last: this.#last?.data });
    return outgoing ? outgoing.event(event) : event;
  }

  /** Resolves when usage and cost are known: with the end, or a little after it. */
  get booked(): Promise<void> {
    return this.#isClosed ? Promise.resolve() : new Promise((resolve) => (this.#onBooked = resolve));
  }

  get finishReason(): string | undefined {
    return this.#current.finishReason;
  }

  [Symbol.asyncIterator](): AsyncIterator<readonly StreamEvent[]> {
    return new Pull(this, () => this.cancel());
  }

  /**
   * Ends with an {@link UpstreamError} when the stream breaks after its first chunk and no environment continues it.
   */
  into(sink: Sink<readonly StreamEvent[]>): void {
    this.pause();
    this.#outlet.into(sink);
  }

  pause(): void {
    this.#outlet.paused = true;
    this.#current.pause();
  }

  resume(): void {
    // While an environment to continue is looked for, nothing can be resumed; the new stream starts by itself.
    if (this.#outlet.take() || this.#isBroken) return;
    if (this.#outlet.flush()) this.#current.resume();
  }

  /**
   * The caller wants no more: closes the upstream's socket and books what was used. After the end this is not an abort.
   */
  cancel(): void {
    this.#giveUp(new UpstreamFailure('client_abort', 'the caller left'));
  }

  #follow({ upstream, buffered }: BegunStream): void {
    this.#current = upstream;
    this.#outlet.buffer(buffered);
    this.#isBroken = false;
    upstream.into({
      write: (events) => this.#pass(events),
      end: (error) => this.#context.runInAsyncScope(() => this.#ended(error)),
    });
    upstream.onGivenUp((failure) => {
      // A stream that flows reports this by its end.
      if (!this.#outlet.paused || this.#isClosed) return;
      this.#context.runInAsyncScope(() => {
        if (!upstream.complete) this.#broke(failure);
        this.#giveUp(failure);
      });
    });
  }

  /** @returns whether more may follow at once. */
  #pass(events: readonly StreamEvent[]): boolean {
    try {
      const { startOf } = this.call.request.dialect;
      if (startOf && !this.#last && events[0]) this.#start = startOf(events[0].data);
      this.#last = events.at(-1);
      this.sent?.add(events);
      this.call.streamed(events);
      return this.#outlet.write(events) && !this.#isClosed;
    } catch (error) {
      this.#crash(error);
      return false;
    }
  }

  /** The current stream ended. */
  #ended(error: Error | undefined): void {
    if (this.#isClosed) return;
    if (error) this.#recover(failureFrom(error)).catch((mistake: unknown) => this.#crash(mistake));
    else {
      const upstream = this.#current;
      this.call.answerEnded();
      upstream.onSettled(() => this.#context.runInAsyncScope(() => this.#close('ok')));
      this.#outlet.end(undefined);
    }
  }

  /** A mistake of ours is not the upstream's fault. */
  #crash(error: unknown): void {
    this.#outlet.crash(error as Error);
    this.cancel();
  }

  async #recover(broken: UpstreamFailure): Promise<void> {
    this.#broke(broken);
    const next = await this.recovery.resume(broken, this.#abandoned);
    if (this.#isClosed) {
      // The caller has left meanwhile.
      next?.upstream.cancel(broken);
      return;
    }
    if (!next) {
      this.#close(broken.failure);
      this.#outlet.end(this.#errorOf(broken));
      return;
    }
    this.#follow(next);
    if (!this.#outlet.paused) this.resume();
  }

  #giveUp(failure: UpstreamFailure): void {
    if (this.#isClosed) return;
    const upstream = this.#current;
    const isWhole = upstream.complete && !this.#isBroken;
    this.#close(isWhole ? 'ok' : failure.failure);
    this.#abandoned.abort();
    // All that is missing of a whole answer is its closing mark: we can write that one.
    if (isWhole) this.#outlet.append(upstream.missingMark);
    else this.#outlet.buffer([]);
    this.#outlet.end(isWhole ? undefined : this.#errorOf(failure));
    upstream.cancel(failure);
  }

  #broke(failure: UpstreamFailure): void {
    if (this.#isClosed) return;
    this.#isBroken = true;
    this.call.brokeWith(failure, this.#current.usage);
    this.recovery.broke(failure);
  }

  #close(outcome: Outcome): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.call.request.signal?.removeEventListener('abort', this.#leave);
    const upstream = this.#current;
    this.call.close(outcome, this.#isBroken ? undefined : upstream.usage, outcome === 'ok' ? upstream : undefined);
    this.#onBooked?.();
  }

  #errorOf(failure: UpstreamFailure): UpstreamError {
    const { route, environment, requestId, attempts } = this.call.report();
    return new UpstreamError(route, environment, failure.failure, attempts, requestId, failure);
  }
}
