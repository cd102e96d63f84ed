/** Names and values that tell one series of a metric from another. None of them is anything that a caller sends. */
export type Labels = Readonly<Record<string, string>>;

/** One value of a metric. */
export interface Sample {
  readonly labels: Labels;
  readonly value: number;
  /** Of a histogram: the name with `_bucket`, `_sum` or `_count`. Default: the metric's own. */
  readonly metricName?: string;
}

/** A metric that is read when somebody asks for it: nothing is copied into it before. */
export interface MetricSpec {
  /** By Prometheus' conventions: base units, `_total` for counters, `_ratio` for fractions. */
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** One sentence for people. */
  readonly help: string;
  readonly labels: readonly string[];
  read(): Iterable<Sample> | Promise<Iterable<Sample>>;
}

/** As much of prom-client's `Registry` as is needed: version 15 has it. */
export interface MetricsRegistry {
  readonly contentType: string;
  /** All that is registered, in the exposition format. */
  metrics(): Promise<string>;
  getSingleMetric(name: string): unknown;
  registerMetric(metric: never): void;
  removeSingleMetric(name: string): void;
}

/** A metric in the shape that prom-client's registry asks for its values. */
export class RegisteredMetric {
  /** The registry takes the `_total` off when it speaks OpenMetrics. */
  name: string;
  readonly type: MetricSpec['type'];
  readonly help: string;
  /** How the processes of one cluster make one figure. */
  readonly aggregator: 'sum' | 'max';

  /** @param onError told of a metric that cannot be read; the others still can. */
  constructor(
    private readonly spec: MetricSpec,
    private readonly onError: (error: unknown) => void,
  ) {
    this.name = spec.name;
    this.type = spec.type;
    this.help = spec.help;
    this.aggregator = spec.type === 'gauge' ? 'max' : 'sum';
  }

  async get(): Promise<object> {
    const { name, type, help, aggregator } = this;
    return { name, type, help, aggregator, values: await this.#values() };
  }

  /** For `resetMetrics()` of the app's tests: what is counted elsewhere is not the registry's to forget. */
  reset(): void {}

  async #values(): Promise<Sample[]> {
    try {
      return [...(await this.spec.read())];
    } catch (error) {
      this.onError(error);
      return [];
    }
  }
}
