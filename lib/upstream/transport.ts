import type { ByteStream, ResponseBody } from './response-body.js';
import type { StreamHead } from './body-queue.js';
import type { IncomingHttpHeaders } from 'node:http';
import type { Watchdog } from './watchdog.js';
import type { WholeResponse } from './whole-answer.js';

export interface UpstreamResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: ResponseBody;
}

/** The same, for a stream. */
export interface OpenResponse extends StreamHead {
  readonly body: ByteStream;
}

export type SentHeaders = Readonly<Record<string, string>>;

/** How calls reach an upstream: over HTTP, or through a model object. */
export interface Transport {
  request(
    method: 'GET' | 'POST',
    path: string,
    headers: SentHeaders,
    signal: AbortSignal,
    body?: string,
  ): Promise<UpstreamResponse>;

  /** Asks for a stream. Resolves when its headers arrive. */
  open(path: string, headers: SentHeaders, body: string, watchdog: Watchdog): Promise<OpenResponse>;

  /**
   * Asks for a whole answer.
   *
   * @throws {UpstreamFailure} when the answer is longer than `limit`.
   */
  requestWhole(
    path: string,
    headers: SentHeaders,
    body: string,
    watchdog: Watchdog,
    limit: number,
  ): Promise<WholeResponse>;

  /** Ends open calls instead of waiting for them. */
  destroy(): Promise<void>;
}
