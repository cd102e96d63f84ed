import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { Outlet, Pull, type Sink } from './flow.js';
import { GIVEN_UP, type ByteStream } from './response-body.js';
import type { Watchdog } from './watchdog.js';

/** Bytes that may wait here. Beyond it the socket is paused, and with it the provider. */
const HIGH_WATER = 64 * 1024;

export interface StreamHead {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

/** Callbacks for the beginning of an answer. */
interface Opening {
  readonly begun: (head: StreamHead) => void;
  readonly failed: (error: Error) => void;
}

/**
 * The body of an answer as it comes. Takes its bytes from undici's own callbacks: a `Readable` in between costs more
 * per chunk than reading the chunk. Bytes beyond the high-water mark stay in the socket.
 */
export class BodyQueue implements Dispatcher.DispatchHandler, ByteStream {
  readonly #chunks: Buffer[] = [];
  #size = 0;
  /** The high-water mark was reached, and the socket is paused. */
  #full = false;
  #end: { readonly error?: Error } | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  readonly #outlet = new Outlet<Buffer>();
  /** Dropped after the first call: it holds the request, and a stream stays open for a long time. */
  #opening: Opening | undefined;

  constructor(
    opening: Opening,
    private readonly watchdog: Watchdog,
  ) {
    this.#opening = opening;
    watchdog.listen((reason) => this.destroy(reason as Error));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#end) controller.abort(this.#end.error ?? GIVEN_UP);
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    // Already read. Otherwise they stay in memory while the stream is open: 2 KiB, with the packet they came in.
    controller.rawHeaders = null;
    if (status < 200) return;
    this.#opening?.begun({ status, headers });
    this.#opening = undefined;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#outlet.paused) {
      this.#outlet.write(chunk);
      return;
    }
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#size < HIGH_WATER || this.#full) return;
    this.#full = true;
    controller.pause();
    this.watchdog.hold();
  }

  onResponseEnd(): void {
    this.#close({});
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#close({ error });
  }

  [Symbol.asyncIterator](): AsyncIterator<Buffer> {
    return new Pull(this);
  }

  into(sink: Sink<Buffer>): void {
    this.#outlet.into(sink);
  }

  pause(): void {
    this.#outlet.paused = true;
  }

  resume(): void {
    this.#outlet.paused = false;
    while (!this.#outlet.paused) {
      const chunk = this.#chunks.shift();
      if (!chunk) break;
      this.#size -= chunk.length;
      this.#outlet.write(chunk);
    }
    if (this.#outlet.paused) return;
    if (this.#end) this.#outlet.end(this.#end.error);
    else if (this.#full) {
      this.#full = false;
      // Before the socket: its buffered bytes arrive at once and may fill this queue again, or end it.
      this.watchdog.resume();
      this.#controller?.resume();
    }
  }

  /** Closes the socket, unless the answer has ended. */
  destroy(reason: Error = GIVEN_UP): void {
    if (this.#end) return;
    this.#controller?.abort(reason);
    this.#close({ error: reason });
  }

  #close(end: { readonly error?: Error }): void {
    if (this.#end) return;
    this.#end = end;
    // The provider has nothing left to do; the caller has.
    this.watchdog.hold();
    if (end.error) this.#opening?.failed(end.error);
    this.#opening = undefined;
    if (!this.#outlet.paused) this.#outlet.end(end.error);
  }
}
