import { PlainSignal, type CallerSignal } from '../kit/caller-signal.js';
import { UpstreamFailure } from './upstream-failure.js';
import { UpstreamClient } from './upstream-client.js';
import type { UpstreamConfig } from './upstream-config.js';

/** Every upstream that the options declared, by id. Fixed at start: its size is the configuration's. */
export class Upstreams {
  readonly #clients: ReadonlyMap<string, UpstreamClient>;
  readonly #end = new PlainSignal();

  constructor(configs: readonly UpstreamConfig[]) {
    this.#clients = new Map(configs.map((config) => [config.id, new UpstreamClient(config, this.#end)]));
  }

  has(id: string): boolean {
    return this.#clients.has(id);
  }

  /** @throws {UpstreamFailure} when only other replicas know it. */
  get(id: string): UpstreamClient {
    const client = this.#clients.get(id);
    if (client) return client;
    const message = `the options of this process declare no upstream "${id}"; nothing was sent`;
    throw new UpstreamFailure('unsupported', message, { asked: false });
  }

  /** Says that {@link endCalls} was called. */
  get end(): CallerSignal {
    return this.#end;
  }

  /** Gives up all calls that are under way, and those to come, as `shutdown`. */
  endCalls(): void {
    this.#end.abort();
  }

  /** Ends what is still open instead of waiting for it. */
  async destroy(): Promise<void> {
    this.endCalls();
    await Promise.all([...this.#clients.values()].map((client) => client.destroy()));
  }
}
