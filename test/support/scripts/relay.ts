import { answer, fail, FakeProvider, type SeenRequest } from '../fake-provider.js';

/** The name that the relay is asked under: by default that of the environment, from its header. */
export type NameOf = (request: SeenRequest) => string;

const environmentOf: NameOf = ({ headers }) => String(headers['x-deployment-env']);

/** A relay that fails on order. Its answers begin with the name it was asked under: shares are counted by them. */
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
