import type { Labels, Sample } from './metric.js';

/** A Prometheus histogram as plain numbers: adding to it allocates nothing. */
export class BucketSums {
  /** Samples per bucket, not cumulative; the last is for what is above every bound. */
  readonly #counts: number[];
  #sum = 0;

  /** @param bounds upper bounds, ascending. */
  constructor(private readonly bounds: readonly number[]) {
    this.#counts = [...bounds, Infinity].map(() => 0);
  }

  add(value: number): void {
    let bucket = 0;
    while (bucket < this.bounds.length && value > this.bounds[bucket]!) bucket++;
    this.#counts[bucket]!++;
    this.#sum += value;
  }

  *samples(name: string, labels: Labels): Generator<Sample> {
    let below = 0;
    for (const [bucket, count] of this.#counts.entries()) {
      below += count;
      const le = bucket < this.bounds.length ? String(this.bounds[bucket]) : '+Inf';
      yield { metricName: `${name}_bucket`, labels: { ...labels, le }, value: below };
    }
    yield { metricName: `${name}_sum`, labels, value: this.#sum };
    yield { metricName: `${name}_count`, labels, value: below };
  }
}
