import { randomUUID } from 'node:crypto';
import type { Clock } from '../kit/clock.js';
import { figureLives } from './figure-lives.js';
import type { FigureCursor, FigureNews, FigureReport, FigureStore } from './figure-store.js';
import { KnownUnits } from './known-units.js';
import type { Counters } from './tally.js';

interface Sum {
  readonly counters: Record<string, number>;
  changedAt: number;
  /** By {@link Clock.elapsed}. */
  expiresAt: number;
}

/** Sums per answer, but at least those of one exchange. */
const PAGE = 1_000;
/** Replicas whose last report is remembered; beyond it the one that was first is forgotten. */
const MOST_REPLICAS = 1_000;

/**
 * Sums that several processes share through one of them. They end with that process: the next one begins a new era. The
 * rules are those of `exchange-script.ts`.
 */
export class MemoryFigures implements FigureStore {
  readonly #era = randomUUID();
  #exchange = 0;
  /** Bounded like the figures of the processes that report them, and by their time to live. */
  readonly #sums = new Map<string, Sum>();
  readonly #units = new KnownUnits();
  readonly #lastSequence = new Map<string, number>();
  readonly #waits = new Map<string, number>();

  /** @param window length of the rolling windows, milliseconds. */
  constructor(
    private readonly clock: Pick<Clock, 'now' | 'elapsed'>,
    private readonly window: number,
  ) {}

  async exchange(report: FigureReport, cursor: FigureCursor): Promise<FigureNews> {
    const startsOver = cursor.era !== this.#era;
    const since = startsOver ? 0 : cursor.exchange;
    if (report.sequence > (this.#lastSequence.get(report.replica) ?? 0)) this.#add(report);
    const changed = since < this.#exchange ? this.#changedSince(since) : [];
    const until = changed.length > PAGE ? changed[PAGE - 1]![1].changedAt : this.#exchange;
    const page = changed.filter(([, { changedAt }]) => changedAt <= until);
    return {
      cursor: { era: this.#era, exchange: until },
      // Not copied: they are sent, or added up, before the next report comes.
      changed: new Map(page.map(([key, { counters }]) => [key, counters])),
      startsOver,
      more: until < this.#exchange,
      time: this.clock.now(),
      waits: this.#waitsWith(report.waits),
    };
  }

  #add({ replica, sequence, deltas, claims }: FigureReport): void {
    this.#lastSequence.delete(replica);
    this.#lastSequence.set(replica, sequence);
    if (this.#lastSequence.size > MOST_REPLICAS) {
      this.#lastSequence.delete(this.#lastSequence.keys().next().value!);
    }
    if (deltas.size === 0 && claims.length === 0) return;
    this.#exchange++;
    for (const [key, delta] of deltas) this.#addTo(key, delta);
    for (const claim of claims) {
      const { counted, level } = this.#units.claim(claim);
      this.#addTo(claim.key, counted);
      if (level > 0) this.#sums.get(claim.key)!.counters['level'] = level;
    }
  }

  #addTo(key: string, delta: Counters): void {
    const expiresAt = this.clock.elapsed() + figureLives(key, this.window);
    const sum = this.#sums.get(key) ?? { counters: {}, changedAt: 0, expiresAt };
    for (const [field, value] of Object.entries(delta)) sum.counters[field] = (sum.counters[field] ?? 0) + value;
    sum.changedAt = this.#exchange;
    sum.expiresAt = expiresAt;
    this.#sums.set(key, sum);
  }

  /** The oldest change first. */
  #changedSince(since: number): [key: string, sum: Sum][] {
    const now = this.clock.elapsed();
    const changed: [string, Sum][] = [];
    for (const [key, sum] of this.#sums) {
      if (sum.expiresAt <= now) this.#sums.delete(key);
      else if (sum.changedAt > since) changed.push([key, sum]);
    }
    return changed.toSorted(([, a], [, b]) => a.changedAt - b.changedAt);
  }

  #waitsWith(reported: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
    const now = this.clock.elapsed();
    for (const [key, ms] of reported) this.#waits.set(key, Math.max(now + ms, this.#waits.get(key) ?? 0));
    for (const [key, end] of this.#waits) if (end <= now) this.#waits.delete(key);
    return new Map([...this.#waits].map(([key, end]) => [key, end - now]));
  }
}
