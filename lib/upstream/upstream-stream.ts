import type { Usage } from '../domain/usage.js';
import type { StreamReader } from './dialects/readings.js';
import { accepted, type StreamEvent } from './accepted-events.js';
import { BodyEvents } from './body-events.js';
import { toldBy, type CallWarning } from './call-warning.js';
import { Outlet, Pull, type Flow, type Sink } from './flow.js';
import { usageSoFar } from './estimate-usage.js';
import type { ByteStream } from './response-body.js';
import type { SseEvent } from './sse.js';
import type { StreamAsked } from './stream-asked.js';
import { failureAtEnd, letGo } from './stream-end.js';
import { StreamSilence } from './stream-silence.js';
import { failureFrom, UpstreamFailure } from './upstream-failure.js';
import type { Watchdog } from './watchdog.js';

/**
 * An open stream of one upstream. It flows once, batch by batch. Unread bytes stay in the socket, so backpressure
 * reaches the provider. It ends cleanly only when the answer is whole, and then with a closing mark, the provider's
 * or ours. Its sink does not wait for a usage that comes late: it may get the end before the stream has settled.
 */
export class UpstreamStream implements Flow<readonly StreamEvent[]>, AsyncIterable<readonly StreamEvent[]> {
  readonly #events = new BodyEvents();
  readonly #outlet = new Outlet<readonly StreamEvent[]>();
  /** The provider's headers that may be passed on. */
  passed: Readonly<Record<string, string>> = {};
  /** Parts of the request that were left out, as far as is known by now. */
  warnings = (): readonly CallWarning[] => toldBy(this.reader.warnings);
  /** Whether a text must not reach the caller. */
  isSecret: (text: string) => boolean = () => false;
  /** Bytes that it may still send. */
  bytesLeft = Infinity;
  #chunks = 0;
  readonly #silence: StreamSilence;
  readonly #letGo = (): void => this.#release();
  #ended = false;
  /** The sink has its end, and the usage is still waited for. */
  #isReleased = false;
  #onSettled: (() => void) | undefined;
  #error: UpstreamFailure | undefined;
  /** Set at the end, with the failure if there was one. */
  #over: { readonly failure: UpstreamFailure | undefined } | undefined;

  constructor(
    private readonly body: ByteStream,
    private readonly reader: StreamReader,
    private readonly asked: StreamAsked,
    private readonly watchdog: Watchdog,
    idleLimit: number,
  ) {
    this.#silence = new StreamSilence(watchdog, reader, asked.wantsUsage, idleLimit);
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

  /** Calls back when all is known of the answer, its usage included; at once if it already is. */
  onSettled(listener: () => void): void {
    if (this.#over) listener();
    else this.#onSettled = listener;
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
    if (this.#isReleased) return;
    this.#outlet.paused = true;
    this.#silence.lift();
    if (!this.#over) this.body.pause();
  }

  resume(): void {
    if (this.#over || this.#isReleased) {
      this.#outlet.end(this.#over?.failure);
      return;
    }
    this.#outlet.paused = false;
    if (this.#isAtEnd) {
      this.#finish(this.#error);
      return;
    }
    this.#silence.limit(this.#letGo);
    this.body.resume();
  }

  /** @returns whether more may follow at once. */
  #read(chunk: Buffer): boolean {
    this.#silence.broken();
    this.bytesLeft -= chunk.length;
    try {
      if (this.bytesLeft < 0) throw new UpstreamFailure('malformed', 'the stream is longer than limits.streamBytes');
      return this.#take(this.#events.read(chunk));
    } catch (error) {
      this.#finish(error);
      return false;
    }
  }

  /** A body that was not a stream is read now. */
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
      this.#silence.limit(this.#letGo);
      return true;
    }
    const { events, content, isEnd, error } = accepted(
      batch,
      this.reader,
      this.asked.hideUsage,
      this.isSecret,
      () => this.watchdog.now,
    );
    this.#chunks += content;
    if (this.#isReleased) return this.#readOn(isEnd || error !== undefined);
    this.#ended ||= isEnd;
    this.#error = error;
    const mayFollow = events.length === 0 || this.#outlet.write(events);
    // A paused sink does not get the end yet. Until then the limits still run, and the caller may still leave.
    if (mayFollow && this.#isAtEnd) this.#finish(this.#error);
    if (this.#over) return false;
    if (mayFollow) this.#silence.limit(this.#letGo);
    else this.#silence.lift();
    return mayFollow;
  }

  /** Nobody waits for these events: they matter for the usage alone. */
  #readOn(isEnd: boolean): boolean {
    if (isEnd) this.#finish();
    else this.#silence.limit(undefined);
    return !isEnd;
  }

  /** Ends the answer for its sink. */
  #release(): void {
    if (this.#over || this.#outlet.paused) return;
    const mark = this.missingMark;
    this.#ended = true;
    this.#isReleased = true;
    if (mark.length > 0) this.#outlet.write(mark);
    this.#outlet.end();
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
    if (!this.#isReleased) this.#outlet.end(failure);
    this.#onSettled?.();
  }
}
