import type { Counters } from '../../lib/telemetry/tally.js';
import type { FigureCursor, FigureNews, FigureReport, FigureStore } from '../../lib/telemetry/figure-store.js';

interface Sum {
  readonly counters: Record<string, number>;
  changedAt: number;
}

/** Sums that the replicas of one test share, without a Redis. */
export class MemoryFigures implements FigureStore {
  #era = 1;
  #exchange = 0;
  readonly #sums = new Map<string, Sum>();
  readonly #claimed = new Map<string, number>();
  readonly #lastSequence = new Map<string, number>();
  readonly #waits = new Map<string, number>();

  constructor(private readonly now: () => number) {}

  exchange(report: FigureReport, cursor: FigureCursor): Promise<FigureNews> {
    const startsOver = cursor.era !== String(this.#era);
    const since = startsOver ? 0 : cursor.exchange;
    if (report.sequence > (this.#lastSequence.get(report.replica) ?? 0)) this.#apply(report);
    for (const [key, ms] of report.waits) this.#waits.set(key, this.now() + ms);
    const changed = new Map<string, Counters>();
    for (const [key, { counters, changedAt }] of this.#sums) if (changedAt > since) changed.set(key, { ...counters });
    const waits = new Map([...this.#waits].map(([key, end]) => [key, end - this.now()]));
    const now = { era: String(this.#era), exchange: this.#exchange };
    return Promise.resolve({ cursor: now, changed, startsOver, more: false, time: this.now(), waits });
  }

  /** Everything is gone, as after a restart without a disk. */
  empty(): Promise<void> {
    this.#era++;
    for (const map of [this.#sums, this.#claimed, this.#lastSequence, this.#waits]) map.clear();
    this.#exchange = 0;
    return Promise.resolve();
  }

  #apply({ replica, sequence, deltas, claims }: FigureReport): void {
    this.#lastSequence.set(replica, sequence);
    this.#exchange++;
    for (const [key, delta] of deltas) this.#add(key, delta);
    for (const { key, among, epoch, hash, start } of claims) {
      const claim = `${among}:${epoch}:${hash}`;
      const previous = this.#claimed.get(claim) ?? -1;
      const isNews = start > previous;
      this.#add(key, isNews ? { [`events:${previous}>${start}`]: 1, units: previous === -1 ? 1 : 0 } : {});
      if (isNews) this.#claimed.set(claim, start);
    }
  }

  #add(key: string, delta: Counters): void {
    const sum = this.#sums.get(key) ?? { counters: {}, changedAt: 0 };
    for (const [field, value] of Object.entries(delta)) sum.counters[field] = (sum.counters[field] ?? 0) + value;
    sum.changedAt = this.#exchange;
    this.#sums.set(key, sum);
  }
}
