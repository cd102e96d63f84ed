import { answer, fail, FakeProvider, type SeenRequest } from '../fake-provider.js';

/** Names whoever a relay is asked as: an environment by its header, unless a test tells them apart by something else. */
export type NameOf = (request: SeenRequest) => string;

const environmentOf: NameOf = ({ headers }) => String(headers['x-deployment-env']);

/** A relay with every model. The first word of an answer is who it was asked as, so answers count themselves. */
export class Relay {
  readonly #failing = new Set<string>();

  private constructor(private readonly provider: FakeProvider) {}

  static async start(models: readonly string[], nameOf: NameOf = environmentOf): Promise<Relay> {
    const provider = await FakeProvider.start({ models });
    const relay = new Relay(provider);
    provider.always((request, response) => {
      const name = nameOf(request);
      const behaviour = relay.#failing.has(name) ? fail(500) : answer(`${name} says hello`);
      return behaviour(request, response);
    });
    return relay;
  }

  get baseUrl(): string {
    return this.provider.baseUrl;
  }

  /** From now on this one fails. */
  break(name: string): void {
    this.#failing.add(name);
  }

  mend(name: string): void {
    this.#failing.delete(name);
  }

  stop(): Promise<void> {
    return this.provider.stop();
  }
}
