import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { readJson, readStream } from './read-answer.js';
import type { Reading, Received } from './received.js';

/** Where the gateway is, and what it is asked. */
export interface Target {
  readonly url: string;
  readonly key: string;
  /** Alias of the route. */
  readonly model: string;
  /** Further headers of every call. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Further fields of every body. */
  readonly body?: Readonly<Record<string, unknown>>;
}

export const QUESTION = [{ role: 'user' as const, content: 'Where does the river go?' }];

/** One call to the gateway over a connection of its own, byte by byte. */
export class RawCall {
  readonly #startedAt = performance.now();
  readonly #request: ClientRequest;
  readonly #chunks: Buffer[] = [];
  /** Resolves when the first byte of the body is there. */
  readonly begun: Promise<void>;
  readonly received: Promise<Received>;

  /** @param deadline milliseconds after which the call counts as hanging. */
  constructor(
    { url, key, model, headers, body: fields }: Target,
    private readonly stream: boolean,
    deadline: number,
  ) {
    const body = JSON.stringify({
      model,
      messages: QUESTION,
      ...fields,
      ...(stream ? { stream, stream_options: { include_usage: true } } : {}),
    });
    this.#request = request(`${url}/v1/chat/completions`, {
      method: 'POST',
      agent: false,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, ...headers },
    });
    this.begun = new Promise((resolve) => {
      this.#request.once('response', (response) => response.once('data', () => resolve()));
    });
    this.received = this.#read(deadline);
    this.#request.end(body);
  }

  /** Closes the connection at once. */
  leave(): void {
    this.#request.destroy();
  }

  #read(deadline: number): Promise<Received> {
    return new Promise((resolve) => {
      const finish = (reading: Reading, response?: IncomingMessage): void => {
        clearTimeout(timer);
        const environment = response?.headers['x-environment'];
        resolve({
          ...reading,
          took: performance.now() - this.#startedAt,
          environment: typeof environment === 'string' ? environment : undefined,
        });
      };
      const timer = setTimeout(() => {
        finish({ kind: 'hang' });
        this.leave();
      }, deadline);
      this.#request.on('error', () => finish({ kind: 'broken', text: '' }));
      this.#request.on('response', (response) => {
        response.on('data', (chunk: Buffer) => this.#chunks.push(chunk));
        // `close` follows `end`, and stands alone when the connection broke.
        response.on('error', () => undefined);
        response.on('close', () => finish(this.#readingOf(response), response));
      });
    });
  }

  #readingOf(response: IncomingMessage): Reading {
    const bytes = Buffer.concat(this.#chunks);
    const { statusCode = 0, headers, complete } = response;
    if (!complete) return { kind: 'broken', text: bytes.toString('utf8') };
    if (headers['content-encoding'] !== undefined) {
      return { kind: 'unreadable', why: `encoded as ${headers['content-encoding']}, which nobody asked for` };
    }
    const type = headers['content-type'] ?? '';
    if (this.stream && statusCode === 200 && type.startsWith('text/event-stream')) return readStream(bytes);
    if ((!this.stream || statusCode !== 200) && type.startsWith('application/json')) return readJson(statusCode, bytes);
    return { kind: 'unreadable', why: `status ${statusCode} as ${type || 'nothing in particular'}` };
  }
}
