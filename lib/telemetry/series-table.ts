import { Logger } from '@nestjs/common';
import { leastUsed } from '../kit/least-used.js';
import { outOfBounds } from './figure-bounds.js';
import { NO_SLICES, type Figure, type Series } from './figure-parts.js';

/**
 * Series that are kept: at least, and per environment. Beyond that the one that was idle longest is forgotten, unless
 * it is pinned.
 */
const LEAST_SERIES = 32_768;
const PER_ENVIRONMENT = 16;

/** Sums in all series, likewise. A full one takes some kilobytes. */
const MAX_FIGURES = 131_072;

/** Series by name, bounded: a series is one sum, or one per slice of time. */
export class SeriesTable {
  readonly #series = new Map<string, Series>();
  /** Those that are not pinned, by the age of their place. */
  readonly #queue = new Set<Series>();
  readonly #logger = new Logger('Telemetry');
  readonly #room: number;
  #count = 0;
  #uses = 0;
  #isFull = false;

  /**
   * @param environments that are configured: the bound follows them.
   * @param onForgotten called whenever a sum is dropped.
   */
  constructor(
    environments: number,
    private readonly onForgotten: (series: string, slice: number) => void,
  ) {
    this.#room = Math.max(LEAST_SERIES, PER_ENVIRONMENT * environments);
  }

  get names(): string[] {
    return [...this.#series.keys()];
  }

  slicesOf(series: string): ReadonlyMap<number, Figure> {
    return this.#series.get(series)?.slices ?? NO_SLICES;
  }

  /** Of all series. */
  *figures(): Generator<Figure> {
    for (const { slices } of this.#series.values()) yield* slices.values();
  }

  /** The figure of a slice, made when it is new. @param now the present slice, if known. */
  figure(series: string, slice: number, now?: number): Figure {
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
      this.onForgotten(series, old);
      slices.delete(old);
      this.#count--;
    }
    return figure;
  }

  /** Keeps the series, however little room there is; or no longer. */
  pin(series: string, isPinned: boolean): void {
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
    const known = this.#series.get(series);
    if (!known) return;
    for (const slice of known.slices.keys()) this.onForgotten(series, slice);
    this.#count -= known.slices.size;
    this.#queue.delete(known);
    this.#series.delete(series);
  }

  #begun(name: string): Series {
    this.#uses++;
    const series = { name, slices: new Map<number, Figure>(), used: this.#uses, placed: this.#uses, isPinned: false };
    this.#series.set(name, series);
    this.#queue.add(series);
    return series;
  }

  #tellFull(): void {
    if (!this.#isFull) {
      this.#logger.warn(
        'More figures than have room: the history of environments that were idle longest is forgotten.',
      );
    }
    this.#isFull = true;
  }
}
