import type { Dispatcher } from 'undici';
import { EndSignal } from '../kit/end-signal.js';
import { UpstreamFailure } from './upstream-failure.js';
import { dispatcherOf } from './http-transport.js';
import { UpstreamClient } from './upstream-client.js';
import type { UpstreamConfig } from './upstream-config.js';

/** Every upstream that the options declare, by id. Fixed at start, so the configuration bounds its size. */
export class Upstreams {
  readonly #clients: ReadonlyMap<string, UpstreamClient>;
  readonly #end = new EndSignal();

  constructor(configs: readonly UpstreamConfig[]) {
    // A thousand routes on one account need no more sockets than one route with their traffic.
    const pools = new Map<string, Dispatcher>();
    const poolOf = (config: UpstreamConfig): Dispatcher => {
      const { baseUrl, apiKey, timeouts, network } = config;
      const account = JSON.stringify([new URL(baseUrl).origin, apiKey, timeouts.connect, network]);
      const pool = pools.get(account) ?? dispatcherOf(config);
      pools.set(account, pool);
      return pool;
    };
    this.#clients = new Map(configs.map((config) => [config.id, new UpstreamClient(config, this.#end, poolOf)]));
  }

  has(id: string): boolean {
    return this.#clients.has(id);
  }

  /** @throws {UpstreamFailure} when only other replicas declare it. */
  get(id: string): UpstreamClient {
    const client = this.#clients.get(id);
    if (client) return client;
    const message = `the options of this process declare no upstream "${id}"; nothing was sent`;
    throw new UpstreamFailure('unsupported', message, { asked: false });
  }

  /** Told by {@link endCalls}. */
  get end(): EndSignal {
    return this.#end;
  }

  /** Gives up all calls, those under way and later ones, as `shutdown`. */
  endCalls(): void {
    this.#end.end();
  }

  /** Ends open calls instead of waiting for them. */
  async destroy(): Promise<void> {
    this.endCalls();
    await Promise.all([...this.#clients.values()].map((client) => client.destroy()));
  }
}
