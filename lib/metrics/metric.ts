import { Breather } from '../kit/breather.js';
import type { Scrape } from './scrape.js';

/** The labels of a series. None of them comes from a caller. */
export type Labels = Readonly<Record<string, string>>;

/** One value of a metric. */
export interface Sample {
  readonly labels: Labels;
  readonly value: number;
  /** Of a histogram: the name with `_bucket`, `_sum` or `_count`. Default: the metric's own. */
  readonly metricName?: string;
}

/** A metric that is computed when it is scraped. */
export interface MetricSpec {
  /** By Prometheus' conventions: base units, `_total` for counters, `_ratio` for fractions. */
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** One sentence for people. */
  readonly help: string;
  readonly labels: readonly string[];
  read(): Iterable<Sample> | Promise<Iterable<Sample>>;
}

/** The part of prom-client's `Registry` that we need. */
export interface MetricsRegistry {
  readonly contentType: string;
  /** All registered metrics in the exposition format. */
  metrics(): Promise<string>;
  /** Other than prom-client's registries may lack these two. */
  getMetricsAsArray?(): readonly unknown[];
  getMetricsAsString?(metric: never): Promise<string>;
  getSingleMetric(name: string): unknown;
  registerMetric(metric: never): void;
  removeSingleMetric(name: string): void;
}

/** A metric in the shape that prom-client's registry reads. */
export class RegisteredMetric {
  /** The registry removes `_total` for OpenMetrics. */
  name: string;
  readonly type: MetricSpec['type'];
  readonly help: string;
  /** How a cluster aggregates its processes. */
  readonly aggregator: 'sum' | 'max';

  /** @param onError called for a metric that cannot be read; the others still are. */
  constructor(
    private readonly spec: MetricSpec,
    private readonly scrape: Scrape,
    private readonly onError: (error: unknown) => void,
  ) {
    this.name = spec.name;
    this.type = spec.type;
    this.help = spec.help;
    this.aggregator = spec.type === 'gauge' ? 'max' : 'sum';
  }

  async get(): Promise<
    Pick<RegisteredMetric, 'name' | 'type' | 'help' | 'aggregator'> & { readonly values: Sample[] }
  > {
    const { name, type, help, aggregator } = this;
    const values = await this.scrape.read(() => this.#values());
    return { name, type, help, aggregator, values };
  }

  /** Does nothing on `resetMetrics()` of the app's tests: the counts live elsewhere. */
  reset(): void {}

  async #values(): Promise<Sample[]> {
    try {
      const samples: Sample[] = [];
      const breather = new Breather();
      for (const sample of await this.spec.read()) {
        samples.push(sample);
        if (breather.isDue) await breather.pause();
      }
      return samples;
    } catch (error) {
      this.onError(error);
      return [];
    }
  }
}
