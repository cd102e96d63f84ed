import { Logger } from '@nestjs/common';
import type { EventCounts } from '../domain/figures.js';
import { leastUsed } from '../kit/least-used.js';
import { secondHash } from '../kit/second-hash.js';
import { eventField } from './event-counts.js';
import { outOfBounds } from './figure-bounds.js';
import { keyOf, mergeAll, NO_SLICES, type Figure, type Series } from './figure-parts.js';
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
 * Series that are kept: at least, and per environment. Beyond that the one that was idle longest is forgotten, unless
 * it is pinned.
 */
const LEAST_SERIES = 32_768;
const PER_ENVIRONMENT = 16;

/** Sums in all series, likewise. A full one takes some kilobytes. */
const MAX_FIGURES = 131_072;

/**
 * All sums of this process, and those of the fleet as far as they are known here. A series is one sum, or one per slice
 * of time. A process without replicas has no base and sends nothing: its own counts are the sums.
 */
export class Figures {
  readonly #series = new Map<string, Series>();
  /** Those that are not pinned, by the age of their place. */
  readonly #queue = new Set<Series>();
  /** Sums with counts that have not been sent, oldest first. */
  readonly #unsent = new Map<string, Figure>();
  readonly #underWay = new Map<string, Figure>();
  readonly #logger = new Logger('Telemetry');
  readonly #room: number;
  #count = 0;
  #uses = 0;
  #isFull = false;

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
    this.#room = Math.max(LEAST_SERIES, PER_ENVIRONMENT * environments);
  }

  /** Wall time of the store at this wall time of ours. */
  timeAt(at: number): number {
    return at + this.clockOffset;
  }

  /** The part of a sum that this process adds to. */
  own(series: string, slice = 0): Tally {
    const figure = this.#figure(series, slice, slice);
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
    for (const [slice, figure] of this.#slices(series)) {
      if (slice >= from && slice < to) mergeAll(sum, figure);
    }
    return sum;
  }

  /** The same of one slice. */
  readSlice(series: string, slice: number): Tally {
    const sum = new Tally();
    mergeAll(sum, this.#slices(series).get(slice) ?? {});
    return sum;
  }

  /** All slices of a series over all replicas, in their order. */
  slicesOf(series: string): { readonly slice: number; readonly tally: Tally }[] {
    const slices = [...this.#slices(series).keys()].toSorted((a, b) => a - b);
    return slices.map((slice) => ({ slice, tally: this.readSlice(series, slice) }));
  }

  /** The rest of the names of all series with this prefix. */
  namesBehind(prefix: string): string[] {
    return [...this.#series.keys()].flatMap((name) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []));
  }

  /** Keeps the series, however little room there is; or no longer. Evidence alone is kept: it is bounded. */
  pin(series: string, isPinned = true): void {
    const known = this.#series.get(series) ?? (isPinned ? this.#begun(series) : undefined);
    if (!known) return;
    known.isPinned = isPinned;
    if (isPinned) this.#queue.delete(known);
    else {
      known.placed = known.used;
      this.#queue.add(known);
    }
  }

  forget(series: string): void {
    const slices = this.#slices(series);
    for (const slice of slices.keys()) this.#unmark(series, slice);
    this.#count -= slices.size;
    const known = this.#series.get(series);
    if (known) this.#queue.delete(known);
    this.#series.delete(series);
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
    for (const { slices } of this.#series.values()) for (const figure of slices.values()) delete figure.base;
  }

  /** Takes over the sum of all replicas, with our acknowledged counts in it. */
  learn(key: string, sum: Tally): void {
    const cut = key.lastIndexOf('#');
    const slice = Number(key.slice(cut + 1));
    if (cut > 0 && Number.isSafeInteger(slice)) this.#figure(key.slice(0, cut), slice).base = sum;
  }

  get hasUnsent(): boolean {
    return this.#unsent.size > 0;
  }

  /** @param now the present slice, if known. */
  #figure(series: string, slice: number, now?: number): Figure {
    let known = this.#series.get(series);
    // A number instead of moving it to the end of the map: every request uses a dozen series.
    if (known) known.used = ++this.#uses;
    else known = this.#begun(series);
    const { slices } = known;
    let figure = slices.get(slice);
    if (figure) return figure;

    while (this.#series.size > this.#room || (this.#count >= MAX_FIGURES && this.#series.size > 1)) {
      const idlest = leastUsed(this.#queue);
      if (!idlest || idlest === known) break;
      this.forget(idlest.name);
      this.#tellFull();
    }
    slices.set(slice, (figure = {}));
    this.#count++;
    for (const old of outOfBounds(series, slices, now)) {
      this.#unmark(series, old);
      slices.delete(old);
      this.#count--;
    }
    return figure;
  }

  #tellFull(): void {
    if (!this.#isFull) {
      this.#logger.warn(
        'More figures than have room: the history of environments that were idle longest is forgotten.',
      );
    }
    this.#isFull = true;
  }

  #slices(series: string): ReadonlyMap<number, Figure> {
    return this.#series.get(series)?.slices ?? NO_SLICES;
  }

  #begun(name: string): Series {
    this.#uses++;
    const series = { name, slices: new Map<number, Figure>(), used: this.#uses, placed: this.#uses, isPinned: false };
    this.#series.set(name, series);
    this.#queue.add(series);
    return series;
  }

  #unmark(series: string, slice: number): void {
    this.#unsent.delete(keyOf(series, slice));
  }
}
