import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import type { CallerSignal } from '../kit/caller-signal.js';
import { BodyQueue, type StreamHead } from './body-queue.js';
import { dispatcherFor } from './network.js';
import { decoded, isPlain, unpackedStream, type ByteStream, type ResponseBody } from './response-body.js';
import type { Watchdog } from './watchdog.js';
import { WholeAnswer, type WholeResponse } from './whole-answer.js';
import type { UpstreamConfig } from './upstream-config.js';

export interface UpstreamResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: ResponseBody;
}

/** The same, for a stream. */
export interface OpenResponse extends StreamHead {
  readonly body: ByteStream;
}

/**
 * One upstream and its connections. The caller sets the time limits ({@link Watchdog}). Redirects are not followed: the
 * key would go with them.
 */
export class UpstreamClient {
  readonly #pool: Dispatcher;
  readonly #origin: string;
  readonly #basePath: string;
  readonly #query: string;

  /** @param end of the process: aborts the calls that are under way. */
  constructor(
    readonly config: UpstreamConfig,
    readonly end: CallerSignal,
  ) {
    const { origin, pathname, search } = new URL(config.baseUrl);
    this.#basePath = pathname.replace(/\/$/, '');
    this.#query = search.slice(1);
    this.#origin = origin;
    this.#pool = dispatcherFor(origin, config.network, config.timeouts.connect);
  }

  async request(
    method: 'GET' | 'POST',
    path: string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
    body?: string,
  ): Promise<UpstreamResponse> {
    const answer = await this.#pool.request({
      origin: this.#origin,
      method,
      path: this.#at(path),
      headers,
      body: body ?? null,
      signal,
    });
    return { status: answer.statusCode, headers: answer.headers, body: decoded(answer.body, answer.headers) };
  }

  /** Asks for a stream. Resolves when its headers arrive. */
  async open(
    path: string,
    headers: Readonly<Record<string, string>>,
    body: string,
    watchdog: Watchdog,
  ): Promise<OpenResponse> {
    const [head, queue] = await new Promise<[StreamHead, BodyQueue]>((resolve, reject) => {
      const handler = new BodyQueue({ begun: (begun) => resolve([begun, handler]), failed: reject }, watchdog);
      this.#pool.dispatch(this.#post(path, headers, body), handler);
    });
    return { body: isPlain(head.headers) ? queue : unpackedStream(queue, head.headers), ...head };
  }

  /**
   * Asks for a whole answer. Collects it without a stream in between, and decompresses it if necessary.
   *
   * @throws {UpstreamFailure} when the answer is longer than `limit`.
   */
  requestWhole(
    path: string,
    headers: Readonly<Record<string, string>>,
    body: string,
    watchdog: Watchdog,
    limit: number,
  ): Promise<WholeResponse> {
    return new Promise((resolve, reject) => {
      const handler = new WholeAnswer(resolve, reject, watchdog, limit);
      this.#pool.dispatch(this.#post(path, headers, body), handler);
    });
  }

  #post(path: string, headers: Readonly<Record<string, string>>, body: string): Dispatcher.DispatchOptions {
    return { origin: this.#origin, method: 'POST', path: this.#at(path), headers, body };
  }

  /** Adds the query of the base URL to every call: Azure has its `api-version` there. */
  #at(path: string): string {
    if (this.#query === '') return this.#basePath + path;
    return `${this.#basePath}${path}${path.includes('?') ? '&' : '?'}${this.#query}`;
  }

  /** Ends open calls instead of waiting for them. */
  destroy(): Promise<void> {
    return this.#pool.destroy();
  }
}
