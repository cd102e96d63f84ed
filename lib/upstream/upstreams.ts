import { UpstreamClient } from './upstream-client.js';
import type { UpstreamConfig } from './upstream-config.js';

/** Every upstream that the options declared, by id. Fixed at start: its size is the configuration's. */
export class Upstreams {
  readonly #clients: ReadonlyMap<string, UpstreamClient>;

  constructor(configs: readonly UpstreamConfig[]) {
    this.#clients = new Map(configs.map((config) => [config.id, new UpstreamClient(config)]));
  }

  get(id: string): UpstreamClient {
    const client = this.#clients.get(id);
    if (!client) throw new Error(`No upstream "${id}" was declared.`);
    return client;
  }

  async destroy(): Promise<void> {
    await Promise.all([...this.#clients.values()].map((client) => client.destroy()));
  }
}
