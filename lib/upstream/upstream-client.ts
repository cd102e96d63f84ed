import type { IncomingHttpHeaders } from 'node:http';
import { Pool } from 'undici';
import type { CallerSignal } from '../kit/caller-signal.js';
import { BodyQueue, type StreamHead } from './body-queue.js';
import { decoded, isPlain, unpackedStream, type ByteStream, type ResponseBody } from './response-body.js';
import type { Watchdog } from './watchdog.js';
import { WholeAnswer, type WholeResponse } from './whole-answer.js';
import type { UpstreamConfig } from './upstream-config.js';

export interface UpstreamResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: ResponseBody;
}

/** The same, of a stream. */
export interface OpenResponse extends StreamHead {
  readonly body: ByteStream;
}

/**
 * One upstream and its connection pool. Limits on time are the caller's ({@link Watchdog}); undici's own are
 * switched off but for the one on connecting, which only it can see. Redirects are not followed: the key would go
 * with them.
 */
export class UpstreamClient {
  readonly #pool: Pool;
  readonly #basePath: string;
  readonly #query: string;

  /** @param end of the process: calls that are still under way then are given up. */
  constructor(
    readonly config: UpstreamConfig,
    readonly end: CallerSignal,
  ) {
    const { origin, pathname, search } = new URL(config.baseUrl);
    this.#basePath = pathname.replace(/\/$/, '');
    this.#query = search.slice(1);
    this.#pool = new Pool(origin, {
      connect: { timeout: config.timeouts.connect },
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  async request(
    method: 'GET' | 'POST',
    path: string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
    body?: string,
  ): Promise<UpstreamResponse> {
    const answer = await this.#pool.request({
      method,
      path: this.#at(path),
      headers,
      body: body ?? null,
      signal,
    });
    return { status: answer.statusCode, headers: answer.headers, body: decoded(answer.body, answer.headers) };
  }

  /** Asks for a stream: resolves when its headers are there. */
  async open(
    path: string,
    headers: Readonly<Record<string, string>>,
    body: string,
    watchdog: Watchdog,
  ): Promise<OpenResponse> {
    const [head, queue] = await new Promise<[StreamHead, BodyQueue]>((resolve, reject) => {
      const handler = new BodyQueue({ begun: (begun) => resolve([begun, handler]), failed: reject }, watchdog);
      this.#pool.dispatch({ method: 'POST', path: this.#at(path), headers, body }, handler);
    });
    return { body: isPlain(head.headers) ? queue : unpackedStream(queue, head.headers), ...head };
  }

  /**
   * Asks for a whole answer: gathered as it comes, without a stream in between, and unpacked where it is compressed.
   *
   * @throws {UpstreamFailure} beyond `limit`.
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
      this.#pool.dispatch({ method: 'POST', path: this.#at(path), headers, body }, handler);
    });
  }

  /** The query of the base URL goes with every call: Azure has its `api-version` there. */
  #at(path: string): string {
    if (this.#query === '') return this.#basePath + path;
    return `${this.#basePath}${path}${path.includes('?') ? '&' : '?'}${this.#query}`;
  }

  /** Ends what is still open instead of waiting for it. */
  destroy(): Promise<void> {
    return this.#pool.destroy();
  }
}
