/**
 * Counts of values in buckets whose bounds grow by a constant factor, so that every quantile is off by at most
 * 1% of itself. Histograms merge by adding counts, which is also how replicas add theirs up.
 *
 * The scheme is DDSketch's: Masson, Rim & Lee, *DDSketch: a fast and fully-mergeable quantile sketch with
 * relative-error guarantees*, VLDB 2019.
 */
export class LogHistogram {
  /** Bucket index → count. At most {@link MAX_INDEX} + 1 entries. */
  readonly #buckets = new Map<number, number>();
  #count = 0;
  #sum = 0;

  get count(): number {
    return this.#count;
  }

  /** Mean of the values, exact; `null` without values. */
  get mean(): number | null {
    return this.#count === 0 ? null : this.#sum / this.#count;
  }

  /** Adds a value. Below 0.1 counts as 0.1, beyond 10⁸ (a day in milliseconds) as that. */
  record(value: number): void {
    const index = indexOf(value);
    this.#buckets.set(index, (this.#buckets.get(index) ?? 0) + 1);
    this.#count++;
    this.#sum += value;
  }

  /** Adds all that the other one counted. */
  merge(other: LogHistogram): void {
    for (const [index, count] of other.#buckets) {
      this.#buckets.set(index, (this.#buckets.get(index) ?? 0) + count);
    }
    this.#count += other.#count;
    this.#sum += other.#sum;
  }

  /** The sum, and the count of every bucket, by name. */
  *counters(): Iterable<[name: string, value: number]> {
    yield ['sum', this.#sum];
    for (const [index, count] of this.#buckets) yield [String(index), count];
  }

  /** Adds one of another one's {@link counters}. */
  add(name: string, value: number): void {
    if (name === 'sum') this.#sum += value;
    const index = Number(name);
    if (!Number.isInteger(index) || index < 0 || index > MAX_INDEX) return;
    this.#buckets.set(index, (this.#buckets.get(index) ?? 0) + value);
    this.#count += value;
  }

  /** The `p` quantile, `p` in [0, 1]; `null` without values. */
  quantile(p: number): number | null {
    if (this.#count === 0) return null;
    const rank = Math.max(1, Math.ceil(p * this.#count));
    let seen = 0;
    for (const [index, count] of [...this.#buckets].toSorted(([a], [b]) => a - b)) {
      seen += count;
      if (seen >= rank) return valueOf(index);
    }
    return null;
  }
}

const ACCURACY = 0.01;
const GAMMA = (1 + ACCURACY) / (1 - ACCURACY);
const LOG_GAMMA = Math.log(GAMMA);
const SMALLEST = 0.1;
const LARGEST = 1e8;
const OFFSET = Math.ceil(Math.log(SMALLEST) / LOG_GAMMA);
const MAX_INDEX = Math.ceil(Math.log(LARGEST) / LOG_GAMMA) - OFFSET;

function indexOf(value: number): number {
  if (!(value > SMALLEST)) return 0;
  return Math.min(MAX_INDEX, Math.ceil(Math.log(value) / LOG_GAMMA) - OFFSET);
}

/** The value in the bucket that is within the accuracy of every other one in it. */
function valueOf(index: number): number {
  return (2 * GAMMA ** (index + OFFSET)) / (GAMMA + 1);
}
