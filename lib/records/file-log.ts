import type { Recorded, RecordLog } from './record-log.js';
import { RotatingLog } from './rotating-log.js';

/** Four files of this size at most. */
const MAX_BYTES = 16 * 1024 * 1024;

/** Records of one process that outlive it, in files beside its journal. */
export class FileLog<T extends Recorded> implements RecordLog<T> {
  readonly #files: RotatingLog;
  #cleanedAt = -Infinity;

  /**
   * @param retention milliseconds; looked after once an hour while something is written, by whole files.
   */
  constructor(
    path: string,
    private readonly retention: number,
  ) {
    this.#files = new RotatingLog(path, MAX_BYTES);
  }

  get dropped(): number {
    return this.#files.dropped;
  }

  write(record: T): void {
    this.#files.write(record);
    if (record.at - this.#cleanedAt < 3_600_000) return;
    this.#cleanedAt = record.at;
    void this.#files.removeOlderThan(record.at - this.retention).catch(() => {});
  }

  async *newest(): AsyncGenerator<T> {
    await this.flush();
    for await (const record of this.#files.newest()) yield record as T;
  }

  flush(): Promise<void> {
    return this.#files.flush();
  }
}
