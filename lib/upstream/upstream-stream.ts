import type { FailureClass } from '../domain/outcome.js';
import type { Usage } from '../domain/usage.js';
import type { EventReading, JsonObject, StreamReader } from './dialects/dialect.js';
import { likelyInput } from './estimate-usage.js';
import { drain, type ByteStream } from './response-body.js';
import { EventReader, type SseEvent } from './sse.js';
import { failureFrom, UpstreamFailure } from './upstream-failure.js';
import type { Watchdog } from './watchdog.js';

/** An event that goes on to the caller, with what it says. */
export interface StreamEvent extends SseEvent {
  readonly reading: EventReading;
}

/** Failures that say something about the connection, not about the answer that came through it. */
const SOCKETS_OWN = new Set<FailureClass>(['network', 'timeout']);

/** How much is read, and for how long, behind the end of an answer. */
const LINGER_BYTES = 64 * 1024;
const LINGER_MS = 1_000;

/**
 * An open stream of one upstream. It is read once, batch by batch: what is not asked for stays in the socket, so
 * backpressure reaches the provider. It ends cleanly only when the answer is whole, and then with a closing mark, the
 * provider's or ours; everything else throws.
 */
export class UpstreamStream implements AsyncIterable<readonly StreamEvent[]> {
  #chunks = 0;
  #ended = false;
  #error: UpstreamFailure | undefined;

  constructor(
    private readonly body: ByteStream,
    private readonly reader: StreamReader,
    private readonly request: JsonObject,
    private readonly hideUsage: boolean,
    private readonly watchdog: Watchdog,
    private readonly idleLimit: number,
  ) {}

  get model(): string | undefined {
    return this.reader.model;
  }

  /**
   * As the provider counted it, at the end. An answer that broke off before was still paid for: then it is an estimate,
   * a token for each content chunk and the input at four characters a token.
   */
  get usage(): Usage | undefined {
    const { usage, complete } = this.reader;
    if (usage || complete || this.#chunks === 0) return usage;
    return { inputTokens: likelyInput(this.request), outputTokens: this.#chunks, cachedInputTokens: 0 };
  }

  get finishReason(): string | undefined {
    return this.reader.finishReason;
  }

  /** Whether what was read so far is a whole answer. */
  get complete(): boolean {
    return this.reader.complete;
  }

  /** Content chunks read so far. */
  get contentChunks(): number {
    return this.#chunks;
  }

  /** Stops reading and closes the socket. For when nobody wants the rest. */
  cancel(reason: UpstreamFailure): void {
    this.watchdog.abandon(reason);
    this.body.destroy();
  }

  /** @throws {UpstreamFailure} when the stream breaks, falls silent, or ends before the answer is whole. */
  async *[Symbol.asyncIterator](): AsyncGenerator<readonly StreamEvent[]> {
    const bytes = this.body[Symbol.asyncIterator]();
    const reader = new EventReader();
    let whole = false;
    try {
      for (;;) {
        this.#limitSilence();
        let batch: SseEvent[] | undefined = [];
        // Bytes without an event, such as a comment that keeps the connection open, do not end the silence.
        while (batch?.length === 0) {
          const { value, done } = await bytes.next();
          batch = done ? undefined : reader.read(value);
        }
        this.watchdog.lift('chunk');
        if (!batch) break;
        const events = this.#accept(batch);
        if (events.length > 0) yield events;
        if (this.#error) throw this.#error;
        if (this.#ended) break;
      }
      if (!this.reader.complete) throw new UpstreamFailure('truncated', 'the stream ended before the answer was whole');
      whole = true;
    } catch (error) {
      const reason = this.watchdog.reasonOr(error);
      const failure = failureFrom(reason);
      // Some providers end without ceremony: a whole answer stays whole when the socket is cut or silent behind it.
      whole = this.reader.complete && SOCKETS_OWN.has(failure.failure);
      if (!whole) throw failure;
    } finally {
      await bytes.return?.();
      if (whole) void this.#letGo();
      else {
        this.watchdog.release();
        this.body.destroy();
      }
    }
    const { closingMark } = this.reader;
    if (!this.#ended && closingMark) yield [{ reading: { kind: 'end' }, ...closingMark }];
  }

  /** Reads what is left behind the end, so that the connection can be used again; gives up on it soon. */
  async #letGo(): Promise<void> {
    this.watchdog.limit('end of the body', LINGER_MS);
    await drain(this.body, LINGER_BYTES);
    this.watchdog.release();
  }

  /** The limit on silence runs only while the provider is waited for, never while the caller is slow. */
  #limitSilence(): void {
    // Behind a whole answer there is nothing to wait for but its usage and its closing mark.
    const limit = this.reader.complete ? Math.min(LINGER_MS, this.idleLimit) : this.idleLimit;
    if (this.#chunks > 0) this.watchdog.limit('chunk', limit);
  }

  #accept(batch: readonly SseEvent[]): StreamEvent[] {
    const accepted: StreamEvent[] = [];
    for (const event of batch) {
      const reading = this.reader.read(event.data);
      if (reading.kind === 'error') {
        this.#error = new UpstreamFailure(
          reading.failure ?? 'server_error',
          'the provider sent an error in its stream',
        );
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
