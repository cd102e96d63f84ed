import { ByPlace } from './by-place.js';
import { Figures } from './figures.js';
import type { Observation } from './observation.js';
import { Tally } from './tally.js';

const MINUTE = 60_000;
const QUARTER = 15 * MINUTE;
/** Milliseconds that are told by the minute. */
const FINE_FOR = 120 * MINUTE;
/** Milliseconds that are told at all, by the quarter of an hour. */
const KEPT_FOR = 72 * 60 * MINUTE;
/** Versions in slots with a history; beyond it the one that was silent here longest is forgotten. */
const MAX_PLACES = 256;

const MINUTES = 'minutes:';
const QUARTERS = 'quarters:';

/** A stretch of time and what happened in it. */
export interface HistorySlice {
  /** Wall time, milliseconds. */
  readonly start: number;
  readonly length: number;
  readonly tally: Tally;
}

/** A version in its slot. */
export interface VersionPlace {
  readonly route: string;
  readonly environment: string;
  readonly version: string;
}

/**
 * What every version did in every slot and when: by the minute for two hours, by the quarter of an hour for 72 hours.
 * Sums only. Where replicas share their figures it is what all of them saw, by the clock that they have in common.
 */
export class VersionHistory {
  /** The names of the series of those that were seen here. */
  readonly #seen = new ByPlace(
    MAX_PLACES,
    (route, environment, version) => {
      const name = nameOf({ route, environment, version });
      return { minutes: MINUTES + name, quarters: QUARTERS + name, since: Infinity };
    },
    ({ minutes, quarters }) => {
      this.figures.forget(minutes);
      this.figures.forget(quarters);
    },
  );

  constructor(private readonly figures = new Figures()) {}

  see(observation: Observation): void {
    const { at, route, environment, version, answeredBy } = observation;
    const asked = this.#seen.get(route, environment, version);
    asked.since = Math.min(asked.since, at);
    this.#minute(asked, at).addRequest(observation);
    this.#quarter(asked, at).addRequest(observation);
    if (!answeredBy) return;
    const answered = this.#seen.get(route, answeredBy.environment, answeredBy.version);
    answered.since = Math.min(answered.since, at);
    this.#minute(answered, at).addAnswer(observation);
    this.#quarter(answered, at).addAnswer(observation);
  }

  get versions(): string[] {
    return [...new Set(this.figures.namesBehind(QUARTERS).map(versionIn))];
  }

  /** From `from` to `to`, wall times in milliseconds, to the minute; older than two hours to the quarter of an hour. */
  between(version: string, from: number, to: number, now: number): Tally {
    const offset = this.figures.clockOffset;
    // Both series have all that happened: each is read on its own side of a full quarter.
    const cut = Math.floor((now + offset - FINE_FOR) / QUARTER) * QUARTER;
    const [begin, end] = [Math.max(from, now - KEPT_FOR) + offset, to + offset];
    const sum = new Tally();
    for (const name of this.figures.namesBehind(QUARTERS)) {
      if (versionIn(name) !== version) continue;
      sum.merge(this.figures.read(QUARTERS + name, ...slices(begin, Math.min(end, cut), QUARTER)));
      sum.merge(this.figures.read(MINUTES + name, ...slices(Math.max(begin, cut), end, MINUTE)));
    }
    return sum;
  }

  /**
   * The same of one slot, slice by slice; a quarter of an hour only where not all of its minutes are there any more.
   */
  slices(place: VersionPlace, from: number, to = Infinity): readonly HistorySlice[] {
    const name = nameOf(place);
    const minutes = this.figures.slicesOf(MINUTES + name);
    const newest = minutes.at(-1)?.slice ?? Infinity;
    const cut = Math.ceil((newest * MINUTE - FINE_FOR) / QUARTER) * QUARTER;
    const all = [
      ...this.#timed(this.figures.slicesOf(QUARTERS + name), QUARTER).filter(({ end }) => end <= cut),
      ...this.#timed(minutes, MINUTE).filter(({ end }) => end > cut),
    ].map(({ end, length, tally }) => ({ start: end - length - this.figures.clockOffset, length, tally }));
    return all.filter(({ start, length }) => start < to && start + length > from);
  }

  /** When this slot's version was first asked here, wall time in milliseconds: `undefined` before. */
  since({ route, environment, version }: VersionPlace): number | undefined {
    return this.#seen.peek(route, environment, version)?.since;
  }

  /** By the clock that slices are cut by. */
  #timed(all: readonly { readonly slice: number; readonly tally: Tally }[], length: number) {
    return all.map(({ slice, tally }) => ({ end: (slice + 1) * length, length, tally }));
  }

  #minute({ minutes }: { readonly minutes: string }, at: number): Tally {
    return this.figures.own(minutes, Math.floor((at + this.figures.clockOffset) / MINUTE));
  }

  #quarter({ quarters }: { readonly quarters: string }, at: number): Tally {
    return this.figures.own(quarters, Math.floor((at + this.figures.clockOffset) / QUARTER));
  }
}

/** All of it together. */
export function sumOf(all: readonly HistorySlice[]): Tally {
  const sum = new Tally();
  for (const { tally } of all) sum.merge(tally);
  return sum;
}

/** A tag has no bar. */
function nameOf({ route, environment, version }: VersionPlace): string {
  return `${version}|${route}/${environment}`;
}

function versionIn(name: string): string {
  return name.slice(0, name.indexOf('|'));
}

/** The slices that something of this stretch is in: the first, and the one behind the last. */
function slices(from: number, to: number, length: number): [from: number, to: number] {
  return [Math.floor(from / length), Math.ceil(to / length)];
}
