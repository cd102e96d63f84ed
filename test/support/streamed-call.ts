import { PlainSignal } from '../../lib/kit/caller-signal.js';
import { EndSignal } from '../../lib/kit/end-signal.js';
import type { Call } from '../../lib/router/call.js';
import { RoutedStream } from '../../lib/router/routed-stream.js';
import { buffered, type StreamBuffer } from '../../lib/router/stream-buffer.js';
import { BodyQueue } from '../../lib/upstream/body-queue.js';
import { openAiChat } from '../../lib/upstream/dialects/openai-chat.js';
import { unpackedStream } from '../../lib/upstream/response-body.js';
import type { StreamEvent } from '../../lib/upstream/accepted-events.js';
import { UpstreamStream } from '../../lib/upstream/upstream-stream.js';
import { Watchdog } from '../../lib/upstream/watchdog.js';
import { opening, socket } from './body-of.js';
import { FakeClock } from './fake-clock.js';

const IDLE = 5_000;
const ASKED = { inputTokens: () => 0, hideUsage: false, wantsUsage: false, asEvents: () => [] };

/** Longest that a stream of these takes, and that its caller may take over it. Milliseconds. */
export const STREAM_TOTAL = 100_000;

/** A streamed call from its socket to its caller, with nothing between that is not made by hand. */
export class StreamedCall {
  readonly clock = new FakeClock();
  readonly caller = new PlainSignal();
  readonly end = new EndSignal();
  /** Outcomes that its books were closed with. */
  readonly books: string[] = [];
  readonly socket = socket();
  readonly body: BodyQueue;
  readonly upstream: UpstreamStream;
  /** Resolves when the books are closed. */
  readonly closed: Promise<void>;
  #closed: () => void = () => undefined;

  constructor(headers: Readonly<Record<string, string>> = {}) {
    const watchdog = new Watchdog(this.clock, this.caller, this.end);
    watchdog.limit('end of the stream', STREAM_TOTAL);
    watchdog.limitCaller(STREAM_TOTAL);
    this.body = new BodyQueue(opening, watchdog);
    this.body.onRequestStart(this.socket.controller);
    const bytes = unpackedStream(this.body, headers);
    this.upstream = new UpstreamStream(bytes, openAiChat.readStream({}), ASKED, watchdog, IDLE);
    this.closed = new Promise((resolve) => (this.#closed = resolve));
  }

  /** Bytes from the provider. */
  comes(bytes: string | Buffer): void {
    this.body.onResponseData(this.socket.controller, Buffer.from(bytes));
  }

  /** As far as the caller gets it; nobody goes on with it when it breaks. */
  async begun(limits: StreamBuffer = { chunks: 1, size: 65_536, delay: 500 }): Promise<RoutedStream> {
    const begun = await buffered(this.upstream, limits, this.clock, () => undefined);
    const recovery = { broke: () => undefined, resume: () => Promise.resolve(undefined) };
    return new RoutedStream(this.#call(), begun, recovery, undefined);
  }

  /** As much of one as a stream asks of it. */
  #call(): Call {
    return {
      request: { signal: this.caller, dialect: openAiChat },
      close: (outcome: string) => {
        this.books.push(outcome);
        this.#closed();
      },
      streamed: () => undefined,
      answerEnded: () => undefined,
      brokeWith: () => undefined,
      report: () => ({ route: 'chat', environment: 'blue', requestId: 'r', attempts: [] }),
    } as unknown as Call;
  }
}

/** What events say to whoever reads them, and how many of them close an answer. */
export function saidBy(batches: readonly (readonly StreamEvent[])[]): { text: string; marks: number } {
  const readings = batches.flat().map(({ reading }) => reading);
  const text = readings.map((reading) => reading.text ?? '').join('');
  return { text, marks: readings.filter(({ kind }) => kind === 'end').length };
}
