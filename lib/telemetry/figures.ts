import type { EventCounts } from '../domain/figures.js';
import { secondHash } from '../kit/second-hash.js';
import { eventField } from './event-counts.js';
import { keyOf, mergeAll, type Figure } from './figure-parts.js';
import { SeriesTable } from './series-table.js';
import { Tally } from './tally.js';
import type { UnitClaim, UnitClaims } from './unit-claims.js';

/** An event that is the first of its unit here since a starting point. */
export interface UnitEvent extends Pick<UnitClaim, 'among' | 'epoch' | 'start' | 'most'> {
  readonly unit: number | undefined;
  /** Starting point at the unit's previous event here; −1: it had none. */
  readonly previous: number;
  /** One unit of 2^level counts here. */
  readonly level: number;
}

/**
 * All sums of this process, and those of the fleet as far as they are known here. A series is one sum, or one per slice
 * of time. A process without replicas has no base and sends nothing: its own counts are the sums.
 */
export class Figures {
  readonly #table: SeriesTable;
  /** Sums with counts that have not been sent, oldest first. */
  readonly #unsent = new Map<string, Figure>();
  readonly #underWay = new Map<string, Figure>();

  /**
   * Milliseconds that the store's clock is ahead of ours. The store's clock cuts the slices: replicas' clocks differ.
   */
  clockOffset = 0;

  /** Changes when sums that were there are gone. Absent where they are never outlived by what is decided on them. */
  era: string | undefined;

  /**
   * @param claims units that other replicas may have counted before. Absent without replicas.
   * @param environments that are configured: the bound follows them.
   */
  constructor(
    readonly claims?: UnitClaims,
    environments = 0,
  ) {
    this.#table = new SeriesTable(environments, (series, slice) => this.#unsent.delete(keyOf(series, slice)));
  }

  /** Wall time of the store at this wall time of ours. */
  timeAt(at: number): number {
    return at + this.clockOffset;
  }

  /** The part of a sum that this process adds to. */
  own(series: string, slice = 0): Tally {
    const figure = this.#table.figure(series, slice, slice);
    if (figure.own) return figure.own;
    this.#unsent.set(keyOf(series, slice), figure);
    return (figure.own = new Tally());
  }

  /** Counts an event of a unit, unless another replica saw it before. A request without a unit is its own. */
  countEvent(series: string, slice: number, { unit, previous, start, level, among, epoch, most }: UnitEvent): void {
    const field = eventField(previous, start);
    if (unit !== undefined && this.claims) {
      const claim = { key: keyOf(series, slice), field, among, epoch, hash: secondHash(unit), start, most };
      this.claims.add(claim);
      return;
    }
    const own = this.own(series, slice);
    own.addEvent(field);
    if (previous < 0) own.addUnit(unit === undefined ? 1 : 2 ** level);
  }

  /** Units by their events, over all replicas. */
  eventsOf(series: string, slice: number): EventCounts[] {
    const pending = this.claims?.of(keyOf(series, slice));
    if (!pending || pending.size === 0) return this.readSlice(series, slice).events;
    const sum = this.readSlice(series, slice);
    for (const [field, units] of pending) sum.addEvent(field, units);
    return sum.events;
  }

  /** Different units that had an event, over all replicas: an estimate, once not all of them are counted. */
  unitsOf(series: string, slice: number): number {
    const pending = this.claims?.of(keyOf(series, slice)) ?? [];
    return [...pending].reduce((sum, [field, units]) => {
      return field.startsWith('-1>') ? sum + units : sum;
    }, this.readSlice(series, slice).units);
  }

  /** The sum over all replicas; over all slices from `from` on, up to `to` and without it. */
  read(series: string, from = 0, to = Infinity): Tally {
    const sum = new Tally();
    for (const [slice, figure] of this.#table.slicesOf(series)) {
      if (slice >= from && slice < to) mergeAll(sum, figure);
    }
    return sum;
  }

  /** The same of one slice. */
  readSlice(series: string, slice: number): Tally {
    const sum = new Tally();
    mergeAll(sum, this.#table.slicesOf(series).get(slice) ?? {});
    return sum;
  }

  /** All slices of a series over all replicas, in their order. */
  slicesOf(series: string): { readonly slice: number; readonly tally: Tally }[] {
    const slices = [...this.#table.slicesOf(series).keys()].toSorted((a, b) => a - b);
    return slices.map((slice) => ({ slice, tally: this.readSlice(series, slice) }));
  }

  /** The rest of the names of all series with this prefix. */
  namesBehind(prefix: string): string[] {
    return this.#table.names.flatMap((name) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []));
  }

  /** Keeps the series, however little room there is; or no longer. Evidence alone is kept: it is bounded. */
  pin(series: string, isPinned = true): void {
    this.#table.pin(series, isPinned);
  }

  forget(series: string): void {
    this.#table.forget(series);
  }

  /** Takes up to `atMost` unsent sums. They are under way until {@link acknowledge}. */
  take(atMost: number): Map<string, Tally> {
    for (const [key, figure] of this.#unsent) {
      if (this.#underWay.size >= atMost) break;
      this.#unsent.delete(key);
      this.#underWay.set(key, figure);
      figure.sent = figure.own!;
      delete figure.own;
    }
    return new Map([...this.#underWay].map(([key, { sent }]) => [key, sent!]));
  }

  /** The sums that were taken are part of the fleet's sums now. */
  acknowledge(): void {
    for (const figure of this.#underWay.values()) {
      const base = (figure.base ??= new Tally());
      if (figure.sent) base.merge(figure.sent);
      delete figure.sent;
    }
    this.#underWay.clear();
  }

  /** The store has lost its sums: forget what it said before. */
  startOver(): void {
    for (const figure of this.#table.figures()) delete figure.base;
  }

  /** Takes over the sum of all replicas, with our acknowledged counts in it. */
  learn(key: string, sum: Tally): void {
    const cut = key.lastIndexOf('#');
    const slice = Number(key.slice(cut + 1));
    if (cut > 0 && Number.isSafeInteger(slice)) this.#table.figure(key.slice(0, cut), slice).base = sum;
  }

  get hasUnsent(): boolean {
    return this.#unsent.size > 0;
  }
}
