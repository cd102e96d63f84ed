import type { CallerSignal } from '../kit/caller-signal.js';
import { dispatcherOf, HttpTransport } from './http-transport.js';
import { ModelTransport } from './model-transport.js';
import type { OpenResponse, SentHeaders, Transport, UpstreamResponse } from './transport.js';
import type { UpstreamConfig } from './upstream-config.js';
import type { Watchdog } from './watchdog.js';
import type { WholeResponse } from './whole-answer.js';

export type { UpstreamResponse } from './transport.js';

/** One upstream and the way to it. */
export class UpstreamClient implements Transport {
  readonly #transport: Transport;

  /** @param end of the process: aborts the calls that are under way. */
  constructor(
    readonly config: UpstreamConfig,
    readonly end: CallerSignal,
    poolOf = dispatcherOf,
  ) {
    const { model } = config;
    this.#transport = model ? new ModelTransport(model) : new HttpTransport(config, poolOf(config));
  }

  request(
    method: 'GET' | 'POST',
    path: string,
    headers: SentHeaders,
    signal: AbortSignal,
    body?: string,
  ): Promise<UpstreamResponse> {
    return this.#transport.request(method, path, headers, signal, body);
  }

  open(path: string, headers: SentHeaders, body: string, watchdog: Watchdog): Promise<OpenResponse> {
    return this.#transport.open(path, headers, body, watchdog);
  }

  requestWhole(
    path: string,
    headers: SentHeaders,
    body: string,
    watchdog: Watchdog,
    limit: number,
  ): Promise<WholeResponse> {
    return this.#transport.requestWhole(path, headers, body, watchdog, limit);
  }

  async destroy(): Promise<void> {
    await Promise.all([this.#transport.destroy(), this.config.close?.()]);
  }
}
