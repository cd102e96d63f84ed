import type { StreamReader } from './dialects/readings.js';
import { HOLD_MS, silenceAtEnd } from './stream-end.js';
import type { Watchdog } from './watchdog.js';

/**
 * How long a stream may be silent. The limits run only while we wait for the provider, never while the caller is slow.
 */
export class StreamSilence {
  #isAlive = false;

  /** @param wantsUsage the caller waits for the usage. */
  constructor(
    private readonly watchdog: Watchdog,
    private readonly reader: StreamReader,
    private readonly wantsUsage: boolean,
    private readonly idleLimit: number,
  ) {}

  /** Something has come. */
  broken(): void {
    if (this.#isAlive) return;
    this.#isAlive = true;
    this.watchdog.lift('sign of life');
  }

  /** @param release what happens when nothing but the usage is missing, and that takes its time. */
  limit(release: (() => void) | undefined): void {
    if (!this.#isAlive) return;
    const { complete, usage } = this.reader;
    const isCounted = usage !== undefined;
    this.watchdog.limit('further sign of life', complete ? silenceAtEnd(isCounted, this.idleLimit) : this.idleLimit);
    if (release && complete && (isCounted || !this.wantsUsage)) this.watchdog.limit('closing mark', HOLD_MS, release);
  }

  lift(): void {
    this.watchdog.lift('further sign of life');
    this.watchdog.lift('closing mark');
  }
}
