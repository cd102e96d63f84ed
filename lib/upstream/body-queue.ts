import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import type { Watchdog } from './watchdog.js';

/** Bytes that wait to be read before the socket is left alone, and with it the provider. */
const HIGH_WATER = 64 * 1024;

export interface StreamHead {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

/**
 * The body of an answer as it comes, one reader at a time. Takes its bytes from undici's own callbacks: a `Readable` in
 * between costs more per chunk than reading the chunk. What is not asked for stays in the socket.
 */
export class BodyQueue implements Dispatcher.DispatchHandler, AsyncIterableIterator<Buffer> {
  #chunks: Buffer[] = [];
  #size = 0;
  #paused = false;
  #end: { readonly error?: Error } | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #waiting: { resolve: (next: IteratorResult<Buffer>) => void; reject: (error: Error) => void } | undefined;

  constructor(
    private readonly onHead: (head: StreamHead) => void,
    private readonly onFailure: (error: Error) => void,
    private readonly watchdog: Watchdog,
  ) {
    watchdog.listen((reason) => this.destroy(reason as Error));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#end) controller.abort(this.#end.error ?? GIVEN_UP);
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    // Read already, and otherwise held for as long as the stream is open: 2 KiB, with the packet that they came in.
    controller.rawHeaders = null;
    if (status >= 200) this.onHead({ status, headers });
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const waiting = this.#waiting;
    if (waiting) {
      this.#waiting = undefined;
      waiting.resolve({ value: chunk, done: false });
      return;
    }
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#size < HIGH_WATER || this.#paused) return;
    this.#paused = true;
    controller.pause();
    this.watchdog.hold();
  }

  onResponseEnd(): void {
    this.#close({});
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#close({ error });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Rejects behind the last chunk when the answer broke. */
  next(): Promise<IteratorResult<Buffer>> {
    const chunk = this.#chunks.shift();
    if (chunk) {
      this.#size -= chunk.length;
      if (this.#paused && this.#size === 0) {
        this.#paused = false;
        this.#controller?.resume();
        if (!this.#end) this.watchdog.resume();
      }
      return Promise.resolve({ value: chunk, done: false });
    }
    if (this.#end) {
      const { error } = this.#end;
      return error ? Promise.reject(error) : Promise.resolve({ value: undefined, done: true });
    }
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  /** A reader has had enough: another one may go on. */
  return(): Promise<IteratorResult<Buffer>> {
    return Promise.resolve({ value: undefined, done: true });
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
    // Whatever is left to do is left to the caller.
    this.watchdog.hold();
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (end.error) {
      this.onFailure(end.error);
      waiting?.reject(end.error);
    } else waiting?.resolve({ value: undefined, done: true });
  }
}

const GIVEN_UP = new Error('the answer is not wanted any more');
