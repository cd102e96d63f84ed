import type { Dispatcher } from 'undici';
import { BodyQueue, type StreamHead } from './body-queue.js';
import { dispatcherFor } from './network.js';
import { decoded, isPlain, unpackedStream } from './response-body.js';
import type { OpenResponse, SentHeaders, Transport, UpstreamResponse } from './transport.js';
import type { UpstreamConfig } from './upstream-config.js';
import type { Watchdog } from './watchdog.js';
import { WholeAnswer, type WholeResponse } from './whole-answer.js';

/**
 * Connections to a server. The caller sets the time limits ({@link Watchdog}). Redirects are not followed: the key
 * would go with them.
 */
export class HttpTransport implements Transport {
  readonly #origin: string;
  readonly #basePath: string;
  readonly #query: string;

  /** @param pool may be shared by upstreams on one account. */
  constructor(
    { baseUrl }: UpstreamConfig,
    private readonly pool: Dispatcher,
  ) {
    const { origin, pathname, search } = new URL(baseUrl);
    this.#basePath = pathname.replace(/\/$/, '');
    this.#query = search.slice(1);
    this.#origin = origin;
  }

  async request(
    method: 'GET' | 'POST',
    path: string,
    headers: SentHeaders,
    signal: AbortSignal,
    body?: string,
  ): Promise<UpstreamResponse> {
    const answer = await this.pool.request({
      origin: this.#origin,
      method,
      path: this.#at(path),
      headers,
      body: body ?? null,
      signal,
    });
    return { status: answer.statusCode, headers: answer.headers, body: decoded(answer.body, answer.headers) };
  }

  async open(path: string, headers: SentHeaders, body: string, watchdog: Watchdog): Promise<OpenResponse> {
    const [head, queue] = await new Promise<[StreamHead, BodyQueue]>((resolve, reject) => {
      const handler = new BodyQueue({ begun: (begun) => resolve([begun, handler]), failed: reject }, watchdog);
      this.pool.dispatch(this.#post(path, headers, body), handler);
    });
    return { body: isPlain(head.headers) ? queue : unpackedStream(queue, head.headers), ...head };
  }

  /** Collects the answer without a stream in between, and decompresses it if necessary. */
  requestWhole(
    path: string,
    headers: SentHeaders,
    body: string,
    watchdog: Watchdog,
    limit: number,
  ): Promise<WholeResponse> {
    return new Promise((resolve, reject) => {
      const handler = new WholeAnswer(resolve, reject, watchdog, limit);
      this.pool.dispatch(this.#post(path, headers, body), handler);
    });
  }

  #post(path: string, headers: SentHeaders, body: string): Dispatcher.DispatchOptions {
    return { origin: this.#origin, method: 'POST', path: this.#at(path), headers, body };
  }

  /** Adds the query of the base URL to every call: Azure has its `api-version` there. */
  #at(path: string): string {
    if (this.#query === '') return this.#basePath + path;
    return `${this.#basePath}${path}${path.includes('?') ? '&' : '?'}${this.#query}`;
  }

  destroy(): Promise<void> {
    return this.pool.destroy();
  }
}

export function dispatcherOf({ baseUrl, network, timeouts }: UpstreamConfig): Dispatcher {
  return dispatcherFor(new URL(baseUrl).origin, network, timeouts.connect);
}
