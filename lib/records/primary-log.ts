import type { Clock } from '../kit/clock.js';
import type { Channel } from '../primary/channel.js';
import type { LogPart } from './log-part.js';
import type { Recorded, RecordLog } from './record-log.js';

/** Milliseconds between two batches: the longest delay until other workers see a record. */
const INTERVAL = 100;
/** Records of a batch. */
const BATCH = 500;
/** Records of a page. */
const PAGE = 200;

/** Records of a worker, which the primary process keeps. They leave in batches, beside the calls. */
export class PrimaryLog<T extends Recorded> implements RecordLog<T> {
  readonly dropped = 0;
  readonly #home: LogPart<T>;
  #waiting: { readonly record: T; readonly size: number }[] = [];
  #cancel: (() => void) | undefined;

  constructor(
    private readonly channel: Channel,
    private readonly name: string,
    private readonly clock: Pick<Clock, 'after'>,
  ) {
    this.#home = channel.part<LogPart<T>>(name, ['open', 'page', 'flush']);
  }

  write(record: T, size = 0): void {
    this.#waiting.push({ record, size });
    if (this.#waiting.length >= BATCH) this.#send();
    else this.#cancel ??= this.clock.after(INTERVAL, () => this.#send());
  }

  async *newest(): AsyncGenerator<T> {
    this.#send();
    const reader = await this.#home.open();
    let isOpen = true;
    try {
      while (isOpen) {
        const page = await this.#home.page(reader, PAGE);
        isOpen = page.length === PAGE;
        yield* page;
      }
    } finally {
      if (isOpen) this.channel.tell(this.name, 'shut', reader);
    }
  }

  async flush(): Promise<void> {
    this.#send();
    // A primary that is gone has ended this process, too.
    await this.#home.flush().catch(() => {});
  }

  #send(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#waiting.length === 0) return;
    this.channel.tell(this.name, 'write', this.#waiting);
    this.#waiting = [];
  }
}
