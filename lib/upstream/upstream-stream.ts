import type { Usage } from '../domain/usage.js';
import { errorFacts } from './errors/error-facts.js';
import { retryAdvice } from './errors/retry-advice.js';
import type { EventReading, StreamReader } from './dialects/readings.js';
import { BodyEvents } from './body-events.js';
import { readingOf } from './named-error.js';
import { Outlet, Pull, type Flow, type Sink } from './flow.js';
import { usageSoFar } from './estimate-usage.js';
import type { ByteStream } from './response-body.js';
import type { SseEvent } from './sse.js';
import { failureAtEnd, letGo, LINGER_MS } from './stream-end.js';
import { failureFrom, UpstreamFailure } from './upstream-failure.js';
import type { Watchdog } from './watchdog.js';

const NOTHING = errorFacts(undefined);

/** An event that goes on to the caller, with what it says. */
export interface StreamEvent extends SseEvent {
  readonly reading: EventReading;
}

/** The parts of a request that its stream needs. */
export interface StreamAsked {
  /** Estimates the input of a stream that does not tell. */
  readonly inputTokens: () => number;
  /** We asked for the usage event, the caller did not. */
  readonly hideUsage: boolean;
  /** The events of a whole answer that came in place of a stream. @throws {UpstreamFailure} when it is none. */
  readonly asEvents: (whole: Buffer) => readonly SseEvent[];
}

/**
 * An open stream of one upstream. It flows once, batch by batch. Unread bytes stay in the socket, so backpressure
 * reaches the provider. It ends cleanly only when the answer is whole, and then with a closing mark, the provider's
 * or ours.
 */
export class UpstreamStream implements Flow<readonly StreamEvent[]>, AsyncIterable<readonly StreamEvent[]> {
  readonly #events = new BodyEvents();
  readonly #outlet = new Outlet<readonly StreamEvent[]>();
  #chunks = 0;
  /** Something has come. */
  #isAlive = false;
  #ended = false;
  #error: UpstreamFailure | undefined;
  /** Set at the end, with the failure if there was one. */
  #over: { readonly failure: UpstreamFailure | undefined } | undefined;

  constructor(
    private readonly body: ByteStream,
    private readonly reader: StreamReader,
    private readonly asked: StreamAsked,
    private readonly watchdog: Watchdog,
    private readonly idleLimit: number,
  ) {
    body.into({ write: (chunk) => this.#read(chunk), end: (error) => this.#bodyEnded(error) });
    // A decompressing body has no other way to learn of the abort.
    watchdog.listen(() => body.destroy());
  }

  get model(): string | undefined {
    return this.reader.model;
  }

  /** As the provider counted it. An answer that broke off is billed too, so its usage is an estimate. */
  get usage(): Usage | undefined {
    const { usage, complete } = this.reader;
    return complete || this.#chunks === 0 ? usage : usageSoFar(usage, this.#chunks, this.asked.inputTokens);
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
    this.watchdog.lift('further sign of life');
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
    if (!this.#isAlive) {
      this.#isAlive = true;
      this.watchdog.lift('sign of life');
    }
    try {
      return this.#take(this.#events.read(chunk));
    } catch (error) {
      this.#finish(error);
      return false;
    }
  }

  /** A body that was no stream is read now. */
  #bodyEnded(error: unknown): void {
    const { whole } = this.#events;
    try {
      if (!error && whole) this.#take(this.asked.asEvents(whole));
      this.#finish(error);
    } catch (reason) {
      this.#finish(reason);
    }
  }

  #take(batch: readonly SseEvent[]): boolean {
    // Bytes without an event, such as a comment, say that the provider is at work.
    if (batch.length === 0) {
      this.#limitSilence();
      return true;
    }
    const events = this.#accept(batch);
    const mayFollow = events.length === 0 || this.#outlet.write(events);
    // A paused sink does not hear of the end yet. Until then the limits still run, and the caller may still leave.
    if (mayFollow && this.#isAtEnd) this.#finish(this.#error);
    if (this.#over) return false;
    if (mayFollow) this.#limitSilence();
    else this.watchdog.lift('further sign of life');
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
    if (this.#isAlive) this.watchdog.limit('further sign of life', limit);
  }

  #accept(batch: readonly SseEvent[]): StreamEvent[] {
    const accepted: StreamEvent[] = [];
    for (const event of batch) {
      const reading = readingOf(this.reader, event);
      if (reading.kind === 'error') {
        const { failure = 'server_error', facts = NOTHING } = reading;
        const advice = retryAdvice(failure, {}, facts, this.watchdog.now);
        this.#error = new UpstreamFailure(failure, 'the provider sent an error in its stream', advice);
        break;
      }
      // The mark of a broken answer is not passed on: its reader would take it for whole.
      if (reading.kind === 'end' && !this.reader.complete) {
        this.#error = new UpstreamFailure('truncated', 'the stream was closed before the answer was whole');
        break;
      }
      // A malformed event is skipped: if the rest is whole, so is the answer.
      if (reading.kind === 'malformed' || (reading.kind === 'usage' && this.asked.hideUsage)) continue;
      if (reading.kind === 'content') this.#chunks++;
      accepted.push({ reading, ...event });
      if (reading.kind === 'end') {
        this.#ended = true;
        break;
      }
    }
    return accepted;
  }
}
