import type { EndSignal } from '../kit/end-signal.js';
import { dispatcherOf, HttpTransport } from './http-transport.js';
import { openAiEmbeddings } from './dialects/openai-embeddings.js';
import { EmbeddingTransport } from './embedding-transport.js';
import { ModelTransport } from './model-transport.js';
import type { OpenResponse, SentHeaders, Transport, UpstreamResponse } from './transport.js';
import type { UpstreamConfig } from './upstream-config.js';
import type { Watchdog } from './watchdog.js';
import type { WholeResponse } from './whole-answer.js';

export type { UpstreamResponse } from './transport.js';

/** One upstream and the way to it. */
export class UpstreamClient implements Transport {
  readonly #transport: Transport;
  readonly #embeddings: Transport | undefined;

  /** @param end of the process, and of the calls that are under way. */
  constructor(
    readonly config: UpstreamConfig,
    readonly end: EndSignal,
    poolOf = dispatcherOf,
  ) {
    const { model, embedding } = config;
    if (embedding) this.#embeddings = new EmbeddingTransport(embedding);
    if (model) this.#transport = new ModelTransport(model);
    else this.#transport = this.#embeddings ?? new HttpTransport(config, poolOf(config));
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
    const transport = path === openAiEmbeddings.path ? (this.#embeddings ?? this.#transport) : this.#transport;
    return transport.requestWhole(path, headers, body, watchdog, limit);
  }

  async destroy(): Promise<void> {
    await Promise.all([this.#transport.destroy(), this.config.close?.()]);
  }
}
