/** Something that happened, at a wall time in milliseconds since the epoch. */
export interface Recorded {
  readonly at: number;
}

/** How long records stay. */
export interface Retention {
  /** Milliseconds after which a record may go. */
  readonly retention: number;
  /** Called when records go before that, because there is no room for them. May be called often. */
  readonly onEarly?: (() => void) | undefined;
}

/** Where records are kept, newest first. Every home is bounded; writing never holds anybody up. */
export interface RecordLog<T extends Recorded> {
  /** Takes in a record. What there is no room or no home for is dropped and counted. */
  write(record: T): void;
  /** What is kept, the newest first. */
  newest(): AsyncIterable<T>;
  /** Resolves when all that was written so far is kept, or dropped. */
  flush(): Promise<void>;
  readonly dropped: number;
}

/** Records of this process, gone with it: the newest `limit`. */
export class MemoryLog<T extends Recorded> implements RecordLog<T> {
  readonly dropped = 0;
  readonly #ring: T[] = [];
  /** Where the next one goes. */
  #next = 0;

  constructor(
    private readonly limit: number,
    private readonly stay: Retention = { retention: 0 },
  ) {}

  write(record: T): void {
    const lost = this.#ring[this.#next];
    if (lost && record.at - lost.at < this.stay.retention) this.stay.onEarly?.();
    this.#ring[this.#next] = record;
    this.#next = (this.#next + 1) % this.limit;
  }

  async *newest(): AsyncGenerator<T> {
    const kept = [...this.#ring];
    const newest = this.#next - 1;
    for (let n = 0; n < kept.length; n++) yield kept[(newest - n + kept.length) % kept.length]!;
  }

  async flush(): Promise<void> {}
}

/** Up to `limit` records that fit, newest first. */
export async function select<T extends Recorded>(
  records: AsyncIterable<T>,
  { fits, since = 0, limit }: { fits: (record: T) => boolean; since?: number | undefined; limit: number },
): Promise<T[]> {
  const found: T[] = [];
  for await (const record of records) {
    if (found.length >= limit) break;
    if (record.at >= since && fits(record)) found.push(record);
  }
  // What several replicas have written stands in the order in which it came.
  return found.toSorted((a, b) => b.at - a.at);
}
