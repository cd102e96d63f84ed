import type { Recorded, RecordLog, Retention } from './record-log.js';
import { RotatingLog } from '../kit/rotating-log.js';

/** Size of each file. */
const MAX_BYTES = 16 * 1024 * 1024;

/** Records of one process that outlive it, in files beside its journal. */
export class FileLog<T extends Recorded> implements RecordLog<T> {
  readonly #files: RotatingLog;
  #cleanedAt = -Infinity;
  #lastAt = -Infinity;

  /**
   * @param stay applied to whole files, once an hour while something is written.
   * @param kept number of files beside the current one, of 16 MiB each.
   */
  constructor(
    path: string,
    private readonly stay: Retention,
    kept?: number,
  ) {
    const onLost = (writtenAt: number): void => {
      if (this.#lastAt - writtenAt < stay.retention) stay.onEarly?.();
    };
    this.#files = new RotatingLog(path, MAX_BYTES, { kept, onLost });
  }

  get dropped(): number {
    return this.#files.dropped;
  }

  write(record: T): void {
    this.#lastAt = record.at;
    this.#files.write(record);
    if (record.at - this.#cleanedAt < 3_600_000) return;
    this.#cleanedAt = record.at;
    void this.#files.removeOlderThan(record.at - this.stay.retention).catch(() => {});
  }

  async *newest(): AsyncGenerator<T> {
    await this.flush();
    for await (const record of this.#files.newest()) yield record as T;
  }

  flush(): Promise<void> {
    return this.#files.flush();
  }
}
