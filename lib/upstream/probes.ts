import type { Clock, Random } from '../kit/clock.js';
import { Turns } from '../kit/turns.js';
import { listModels, type ModelList } from './list-models.js';
import { modelsOf } from './provider.js';
import { providerOf } from './providers.js';
import type { UpstreamClient } from './upstream-client.js';

/** Probes that may be under way at once, of all upstreams together. */
const AT_ONCE = 16;

/** Part of the interval by which answers of many become old sooner, at random: they do not all become old together. */
const JITTER = 0.2;

interface Kept {
  readonly until: number;
  readonly list: Promise<ModelList>;
}

/**
 * Lists of models by provider and key: a thousand routes on one account are one question. Bounded by the configuration.
 */
export class Probes {
  readonly #kept = new Map<string, Kept>();
  readonly #turns = new Turns(AT_ONCE);

  /** @param interval milliseconds for which an answer counts. */
  constructor(
    private readonly interval: number,
    private readonly timeout: number,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  /** A recent answer, or a new one. Never rejects. */
  recent(client: UpstreamClient): Promise<ModelList> {
    const kept = this.#kept.get(accountOf(client));
    return kept && kept.until > this.clock.elapsed() ? kept.list : this.ask(client);
  }

  /** A new answer. One that is on its way serves all who ask for it. Never rejects. */
  ask(client: UpstreamClient): Promise<ModelList> {
    const list = this.#turns.take(() => listModels(client, this.timeout, this.clock));
    const early = this.#kept.size > AT_ONCE ? JITTER * this.random() : 0;
    const until = this.clock.elapsed() + this.interval * (1 - early);
    this.#kept.set(accountOf(client), { until, list });
    return list;
  }
}

/** Everything that the answer depends on. */
function accountOf({ config }: UpstreamClient): string {
  const { baseUrl, apiKey, headers, provider, network } = config;
  return JSON.stringify([baseUrl, modelsOf(providerOf(provider)).path, apiKey, headers, network]);
}
