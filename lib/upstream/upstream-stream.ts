import type { Usage } from '../domain/usage.js';
import { errorFacts } from './errors/error-facts.js';
import { retryAdvice } from './errors/retry-advice.js';
import type { EventReading, StreamReader } from './dialects/readings.js';
import { Outlet, Pull, type Flow, type Sink } from './flow.js';
import { usageSoFar } from './estimate-usage.js';
import type { ByteStream } from './response-body.js';
import { EventReader, type SseEvent } from './sse.js';
import { failureAtEnd, letGo, LINGER_MS } from './stream-end.js';
import { failureFrom, UpstreamFailure } from './upstream-failure.js';
import type { Watchdog } from './watchdog.js';

const NOTHING = errorFacts(undefined);

/** An event that goes on to the caller, with what it says. */
export interface StreamEvent extends SseEvent {
  readonly reading: EventReading;
}

/**
 * An open stream of one upstream. It flows once, batch by batch. Unread bytes stay in the socket, so backpressure
 * reaches the provider. It ends cleanly only when the answer is whole, and then with a closing mark, the provider's
 * or ours.
 */
export class UpstreamStream implements Flow<readonly StreamEvent[]>, AsyncIterable<readonly StreamEvent[]> {
  readonly #events = new EventReader();
  readonly #outlet = new Outlet<readonly StreamEvent[]>();
  #chunks = 0;
  #ended = false;
  #error: UpstreamFailure | undefined;
  /** Set at the end, with the failure if there was one. */
  #over: { readonly failure: UpstreamFailure | undefined } | undefined;

  constructor(
    private readonly body: ByteStream,
    private readonly reader: StreamReader,
    /** Estimates the input of a stream that does not tell. */
    private readonly inputTokens: () => number,
    private readonly hideUsage: boolean,
    private readonly watchdog: Watchdog,
    private readonly idleLimit: number,
  ) {
    body.into({ write: (chunk) => this.#read(chunk), end: (error) => this.#finish(error) });
    // A decompressing body has no other way to learn of the abort.
    watchdog.listen(() => body.destroy());
  }

  get model(): string | undefined {
    return this.reader.model;
  }

  /** As the provider counted it. An answer that broke off is billed too, so its usage is an estimate. */
  get usage(): Usage | undefined {
    const { usage, complete } = this.reader;
    return complete || this.#chunks === 0 ? usage : usageSoFar(usage, this.#chunks, this.inputTokens);
  }

  get finishReason(): string | undefined {
    return this.reader.finishReason;
  }

  /** Whether the answer so far is whole. */
  get complete(): boolean {
    return this.reader.complete;
  }

  /** The mark that closes a whole answer, unless the provider has sent it. */
  get missingMark(): readonly StreamEvent[] {
    const { closingMark } = this.reader;
    return this.#ended || !closingMark ? [] : [{ reading: { kind: 'end' }, ...closingMark }];
  }

  /** Content chunks read so far. */
  get contentChunks(): number {
    return this.#chunks;
  }

  /** Calls back when the stream is given up before its end, even without a reader. */
  onGivenUp(listener: (failure: UpstreamFailure) => void): void {
    this.watchdog.listen((reason) => listener(failureFrom(reason)));
  }

  /** Stops reading and closes the socket. */
  cancel(reason: UpstreamFailure): void {
    this.watchdog.abandon(reason);
    this.body.destroy();
  }

  [Symbol.asyncIterator](): AsyncIterator<readonly StreamEvent[]> {
    return new Pull(this, () => this.cancel(new UpstreamFailure('client_abort', 'the reader left before the end')));
  }

  /** Ends with an {@link UpstreamFailure} when the stream breaks, falls silent, or ends before the answer is whole. */
  into(sink: Sink<readonly StreamEvent[]>): void {
    this.pause();
    this.#outlet.into(sink);
  }

  pause(): void {
    this.#outlet.paused = true;
    this.watchdog.lift('chunk');
    if (!this.#over) this.body.pause();
  }

  resume(): void {
    if (this.#over) {
      this.#outlet.end(this.#over.failure);
      return;
    }
    this.#outlet.paused = false;
    if (this.#isAtEnd) {
      this.#finish(this.#error);
      return;
    }
    this.#limitSilence();
    this.body.resume();
  }

  /** @returns whether more may follow at once. */
  #read(chunk: Buffer): boolean {
    let batch: readonly SseEvent[];
    try {
      batch = this.#events.read(chunk);
    } catch (error) {
      this.#finish(error);
      return false;
    }
    // Bytes without an event, such as a keep-alive comment, do not end the silence.
    if (batch.length === 0) return true;
    const events = this.#accept(batch);
    const mayFollow = events.length === 0 || this.#outlet.write(events);
    // A paused sink does not hear of the end yet. Until then the limits still run, and the caller may still leave.
    if (mayFollow && this.#isAtEnd) this.#finish(this.#error);
    if (this.#over) return false;
    if (mayFollow) this.#limitSilence();
    else this.watchdog.lift('chunk');
    return mayFollow;
  }

  get #isAtEnd(): boolean {
    return this.#ended || this.#error !== undefined;
  }

  /** Ends the reading. @param error why, unless the answer has ended. */
  #finish(error?: unknown): void {
    if (this.#over) return;
    const failure = failureAtEnd(this.reader.complete, error, this.watchdog);
    this.#over = { failure };
    if (failure) {
      this.watchdog.release();
      this.body.destroy();
    } else {
      const mark = this.missingMark;
      this.#ended = true;
      if (mark.length > 0) this.#outlet.write(mark);
      void letGo(this.body, this.watchdog);
    }
    this.#outlet.end(failure);
  }

  /** The limit on silence runs only while we wait for the provider, never while the caller is slow. */
  #limitSilence(): void {
    // After a whole answer, only its usage and its closing mark may follow.
    const limit = this.reader.complete ? Math.min(LINGER_MS, this.idleLimit) : this.idleLimit;
    if (this.#chunks > 0) this.watchdog.limit('chunk', limit);
  }

  #accept(batch: readonly SseEvent[]): StreamEvent[] {
    const accepted: StreamEvent[] = [];
    for (const event of batch) {
      const reading = this.reader.read(event.data);
      if (reading.kind === 'error') {
        const { failure = 'server_error', facts = NOTHING } = reading;
        const advice = retryAdvice(failure, {}, facts, this.watchdog.now);
        this.#error = new UpstreamFailure(failure, 'the provider sent an error in its stream', advice);
        break;
      }
      // A malformed event is skipped: if the rest is whole, so is the answer.
      if (reading.kind === 'malformed' || (reading.kind === 'usage' && this.hideUsage)) continue;
      if (reading.kind === 'content' && this.#chunks++ === 0) this.watchdog.lift('first token');
      accepted.push({ reading, ...event });
      if (reading.kind === 'end') {
        this.#ended = true;
        break;
      }
    }
    return accepted;
  }
}
