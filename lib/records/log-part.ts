import type { Recorded, RecordLog } from './record-log.js';

/** Readers that may be open at once; beyond it the oldest is closed. */
const MOST_READERS = 100;

/** A log as the primary process offers it to its workers. */
export class LogPart<T extends Recorded> {
  readonly #readers = new Map<number, AsyncIterator<T>>();
  #next = 1;

  constructor(private readonly log: RecordLog<T>) {}

  write(records: readonly { readonly record: T; readonly size: number }[]): void {
    for (const { record, size } of records) this.log.write(record, size);
  }

  /** Begins to read, newest first. @returns the number of the reader. */
  async open(): Promise<number> {
    const [oldest] = this.#readers.keys();
    if (oldest !== undefined && this.#readers.size >= MOST_READERS) this.shut(oldest);
    this.#readers.set(this.#next, this.log.newest()[Symbol.asyncIterator]());
    return this.#next++;
  }

  /** The next records of a reader; fewer than asked for at the end, which closes it. */
  async page(reader: number, count: number): Promise<readonly T[]> {
    const records: T[] = [];
    const iterator = this.#readers.get(reader);
    for (let next = await iterator?.next(); next && next.done !== true; next = await iterator?.next()) {
      if (records.push(next.value) === count) break;
    }
    if (records.length < count) this.#readers.delete(reader);
    return records;
  }

  shut(reader: number): void {
    void this.#readers.get(reader)?.return?.();
    this.#readers.delete(reader);
  }

  flush(): Promise<void> {
    return this.log.flush();
  }
}
