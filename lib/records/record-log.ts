/** Something that happened, at a wall time in milliseconds since the epoch. */
export interface Recorded {
  readonly at: number;
}

/** How long records are kept. */
export interface Retention {
  /** Milliseconds after which a record may be removed. */
  readonly retention: number;
  /** Called when records are removed earlier, for lack of room. May be called often. */
  readonly onEarly?: (() => void) | undefined;
}

/** Keeps records, bounded in number. Writing never blocks. */
export interface RecordLog<T extends Recorded> {
  /** Keeps a record. One that cannot be kept is dropped and counted. */
  write(record: T): void;
  /** The kept records, newest first. */
  newest(): AsyncIterable<T>;
  /** Resolves when everything written so far is kept or dropped. */
  flush(): Promise<void>;
  readonly dropped: number;
}

/** The newest `limit` records of this process, lost when it ends. */
export class MemoryLog<T extends Recorded> implements RecordLog<T> {
  readonly dropped = 0;
  readonly #ring: T[] = [];
  /** Index of the next record. */
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
  // Records of several replicas are stored in order of arrival.
  return found.toSorted((a, b) => b.at - a.at);
}
