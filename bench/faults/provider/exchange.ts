import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RawRequest } from './request-reader.js';
import type { Speaker } from './speaker.js';

type Headers = Readonly<Record<string, string | number>>;

/** One request at a provider and what the provider does about it, down to the socket. Times: `performance.now()`. */
export class Exchange {
  readonly arrivedAt = performance.now();
  #endedAt: number | undefined;
  #retryAfter: number | undefined;

  constructor(
    readonly socket: Socket,
    readonly request: RawRequest,
    /** Requests that came over this socket before. */
    readonly earlier: number,
    /** The provider that should answer. */
    readonly speaker: Speaker,
    /** Resolves with the time when the socket has closed. */
    readonly closed: Promise<number>,
  ) {
    void closed.then(() => this.#end());
  }

  get wantsStream(): boolean {
    return this.body['stream'] === true;
  }

  get body(): Readonly<Record<string, unknown>> {
    return JSON.parse(this.request.body) as Record<string, unknown>;
  }

  /** When the provider was through with it, or its socket closed; `undefined` while it is open. */
  get endedAt(): number | undefined {
    return this.#endedAt;
  }

  /** Milliseconds that the caller was asked to wait. */
  get retryAfter(): number | undefined {
    return this.#retryAfter;
  }

  write(bytes: string | Buffer): void {
    if (this.socket.writable) this.socket.write(bytes);
  }

  head(status: number, headers: Headers): void {
    const seconds = headers['retry-after'];
    if (seconds !== undefined) this.#retryAfter = Number(seconds) * 1000;
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    this.write(`HTTP/1.1 ${status} Whatever\r\n${lines.join('')}\r\n`);
  }

  /** A whole answer with its length. */
  whole(status: number, body: string | Buffer, headers: Headers = {}): void {
    const bytes = Buffer.from(body);
    this.head(status, { 'content-type': 'application/json', ...headers, 'content-length': bytes.length });
    this.write(bytes);
    this.#end();
  }

  /** The head of a stream whose length nobody knows. */
  openStream(headers: Headers = {}): void {
    this.head(200, { 'content-type': 'text/event-stream', ...headers, 'transfer-encoding': 'chunked' });
  }

  /** One frame of a chunked body. */
  chunk(bytes: string | Buffer): void {
    const frame = Buffer.from(bytes);
    this.write(Buffer.concat([Buffer.from(`${frame.length.toString(16)}\r\n`), frame, Buffer.from('\r\n')]));
  }

  event(data: string): void {
    this.chunk(`data: ${data}\n\n`);
  }

  /** The clean end of a chunked body. */
  lastChunk(): void {
    this.write('0\r\n\r\n');
    this.#end();
  }

  /** RST: the other side learns of it by ECONNRESET. */
  reset(): void {
    this.socket.resetAndDestroy();
    this.#end();
  }

  /** FIN behind what has been written. */
  hangUp(): void {
    this.socket.end();
    this.#end();
  }

  /** Lets what has been written arrive as a packet of its own, and a reset not overtake it. */
  async settle(ms = 20): Promise<void> {
    await sleep(ms);
  }

  #end(): void {
    this.#endedAt ??= performance.now();
  }
}
