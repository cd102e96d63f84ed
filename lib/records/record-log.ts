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
  /** Keeps a record with so many characters of content. One that cannot be kept is dropped and counted. */
  write(record: T, size?: number): void;
  /** The kept records, newest first. */
  newest(): AsyncIterable<T>;
  /** Resolves when everything written so far is kept or dropped. */
  flush(): Promise<void>;
  readonly dropped: number;
}

/** Characters that records may have besides what each of them is known to have: prompts, for example. */
const MAX_CHARACTERS = 32 * 1024 * 1024;

/** The newest `limit` records of this process, as far as their content has room; lost when it ends. */
export class MemoryLog<T extends Recorded> implements RecordLog<T> {
  readonly dropped = 0;
  /** A ring: the oldest stands at {@link MemoryLog.#first}. */
  readonly #records: (T | undefined)[] = [];
  readonly #sizes: number[] = [];
  #first = 0;
  #count = 0;
  #size = 0;

  constructor(
    private readonly limit: number,
    private readonly stay: Retention = { retention: 0 },
  ) {}

  /** @param size characters of its content. */
  write(record: T, size = 0): void {
    if (this.#count === this.limit) this.#drop(record.at);
    const at = this.#place(this.#count);
    this.#records[at] = record;
    this.#sizes[at] = size;
    this.#count++;
    this.#size += size;
    while (this.#size > MAX_CHARACTERS) this.#drop(record.at);
  }

  #drop(now: number): void {
    const oldest = this.#records[this.#first]!;
    this.#size -= this.#sizes[this.#first]!;
    this.#records[this.#first] = undefined;
    this.#first = this.#place(1);
    this.#count--;
    if (now - oldest.at < this.stay.retention) this.stay.onEarly?.();
  }

  #place(n: number): number {
    return (this.#first + n) % this.limit;
  }

  async *newest(): AsyncGenerator<T> {
    // Those of this moment: others may be written while these are read.
    const kept = Array.from({ length: this.#count }, (_, n) => this.#records[this.#place(this.#count - 1 - n)]!);
    yield* kept;
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
