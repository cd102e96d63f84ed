import type { ServerResponse } from 'node:http';
import { BlueGreenError } from '../domain/errors.js';
import type { Clock } from '../kit/clock.js';
import { errorEvent } from '../router/error-response.js';
import { reportHeaders } from '../router/report-headers.js';
import type { RoutedStream } from '../router/routed-stream.js';
import { STREAM_HEADERS } from '../router/stream-headers.js';
import type { Dialect } from '../upstream/dialects/dialect.js';
import { formatEvent, formatEvents, type SseEvent } from '../upstream/sse.js';
import { takeOver, type HttpReply } from './server-response.js';

/** Longest silence towards a caller, milliseconds. Proxies give up after 30 or 60 seconds. */
const KEEP_ALIVE_MS = 15_000;

/** Clients pass over comments. */
const COMMENT = ': keep-alive\n\n';

/**
 * A stream on its way to the caller. Its headers leave with the first content: until then a failure has a status of its
 * own. A provider that has accepted the request and thinks for longer is not waited for with an open line: the headers
 * go out alone, with a comment every 15 seconds, and a rescue is still possible.
 */
export class StreamReply {
  #response: ServerResponse | undefined;
  #stopTimer: (() => void) | undefined;
  /** Nothing was written since the timer rang last. */
  #isQuiet = true;

  constructor(
    private readonly reply: HttpReply,
    private readonly dialect: Dialect,
    private readonly requestId: string,
    private readonly clock: Clock,
  ) {}

  /** A provider has accepted the request. */
  accepted(): void {
    if (!this.#stopTimer) this.#keepAlive();
  }

  /** Sends the stream. @param onCrash gets an error that is a mistake of ours. */
  send(stream: RoutedStream, onCrash: (error: Error) => void): void {
    const { outgoing } = stream.call;
    const response = this.#begin({ ...stream.call.passed, ...reportHeaders(stream.call.report()) });
    let hasWritten = false;
    stream.into({
      write: (events) => {
        this.#isQuiet = false;
        hasWritten = true;
        return response.write(outgoing ? outgoing.format(events) : formatEvents(events));
      },
      end: (error) => {
        // The caller has not read the bytes before: an event would wait behind them and keep the socket open.
        if (error && stream.abandoned.aborted) this.#close(() => response.destroy());
        else this.#end(error, (ours) => stream.eventOf(ours), onCrash);
      },
    });
    response.on('drain', () => stream.resume());
    if (!this.#stopTimer) this.#keepAlive();
    stream.resume();
    // Events that are there already have left with the headers. The headers wait for no others.
    if (!hasWritten && !response.writableEnded) response.flushHeaders();
  }

  /** No environment began an answer. @returns whether the caller sees it: the headers were out already. */
  fail(error: unknown, onCrash: (error: Error) => void): boolean {
    this.#stopTimer?.();
    if (!this.#response) return false;
    this.#end(error as Error, (ours) => errorEvent(ours, this.dialect), onCrash);
    return true;
  }

  #keepAlive(): void {
    const response = 'raw' in this.reply ? this.reply.raw : this.reply;
    response.once('close', () => this.#stopTimer?.());
    const ring = (): void => {
      if (this.#isQuiet && !response.destroyed && !response.writableNeedDrain) this.#begin().write(COMMENT);
      this.#isQuiet = true;
      this.#stopTimer = this.clock.after(KEEP_ALIVE_MS, ring);
    };
    this.#stopTimer = this.clock.after(KEEP_ALIVE_MS, ring);
  }

  #begin(headers: Readonly<Record<string, string>> = { 'x-request-id': this.requestId }): ServerResponse {
    if (this.#response) return this.#response;
    this.#response = takeOver(this.reply);
    return this.#response.writeHead(200, { ...headers, ...STREAM_HEADERS });
  }

  #end(error: Error | undefined, eventOf: (error: BlueGreenError) => SseEvent, onCrash: (error: Error) => void): void {
    const response = this.#response!;
    this.#close(() => {
      if (!error) response.end();
      else if (error instanceof BlueGreenError) response.end(formatEvent(eventOf(error)));
      else {
        onCrash(error);
        response.destroy();
      }
    });
  }

  #close(close: () => void): void {
    this.#stopTimer?.();
    close();
  }
}
