import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { type Dispatcher } from 'undici';
import { decoded, isPlain, readAll } from './response-body.js';
import { UpstreamFailure } from './upstream-failure.js';
import type { Watchdog } from './watchdog.js';

/** An answer that has ended. */
export interface WholeResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Collects an answer from undici's own callbacks: a whole body needs no stream. */
export class WholeAnswer implements Dispatcher.DispatchHandler {
  readonly #chunks: Buffer[] = [];
  #size = 0;
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  #controller: Dispatcher.DispatchController | undefined;

  constructor(
    private readonly resolve: (response: WholeResponse | Promise<WholeResponse>) => void,
    private readonly reject: (error: Error) => void,
    private readonly watchdog: Watchdog,
    private readonly limit: number,
  ) {
    watchdog.listen((reason) => this.#giveUp(reason as Error));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.watchdog.reason !== undefined) controller.abort(this.watchdog.reason as Error);
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#size += chunk.length;
    this.#chunks.push(chunk);
    if (this.#size > this.limit) {
      controller.abort(new UpstreamFailure('malformed', `the answer is longer than ${this.limit} bytes`));
    }
  }

  onResponseEnd(): void {
    const body = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks, this.#size);
    const whole = { status: this.#status, headers: this.#headers, body };
    this.resolve(isPlain(whole.headers) ? whole : unpacked(whole, this.limit));
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.reject(error);
  }

  /** Also rejects while the request waits for a connection: undici has not called back yet. */
  #giveUp(reason: Error): void {
    this.#controller?.abort(reason);
    this.reject(reason);
  }
}

/** Decompresses an answer although we never ask for compression. */
async function unpacked({ status, headers, body }: WholeResponse, limit: number): Promise<WholeResponse> {
  return { status, headers, body: await readAll(decoded(Readable.from([body]), headers), limit) };
}
