import { ByPlace } from './by-place.js';
import { Figures } from './figures.js';
import { LENGTHS, MINUTE, MINUTES_FOR, QUARTER, QUARTERS_FOR, readings } from './history-readings.js';
import type { Observation } from './observation.js';
import { Tally } from './tally.js';

/** Versions in slots with a history. Beyond that the one that was idle longest is forgotten. */
const MAX_PLACES = 256;

const MINUTES = 'minutes:';
const QUARTERS = 'quarters:';
const SERIES = Object.entries(LENGTHS);

/** A stretch of time and its sums. */
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

interface Series {
  readonly series: readonly { readonly key: string; readonly length: number }[];
}

/**
 * The figures of every version in every slot over time: by the second for two minutes, by the minute for two hours, by
 * the quarter of an hour for 72 hours. Sums only. If replicas share their figures these are the sums of all of them, by
 * their common clock.
 */
export class VersionHistory {
  /** The series of the versions that this process has seen. */
  readonly #seen = new ByPlace(
    MAX_PLACES,
    (route, environment, version) => {
      const name = nameOf({ route, environment, version });
      return { series: SERIES.map(([prefix, length]) => ({ key: prefix + name, length })), since: Infinity };
    },
    ({ series }) => {
      for (const { key } of series) this.figures.forget(key);
    },
  );

  constructor(private readonly figures = new Figures()) {}

  see(observation: Observation): void {
    const { at, route, environment, version, answeredBy } = observation;
    const asked = this.#seen.get(route, environment, version);
    asked.since = Math.min(asked.since, at);
    this.#add(asked, at, (tally) => tally.addRequest(observation));
    if (!answeredBy) return;
    const answered = this.#seen.get(route, answeredBy.environment, answeredBy.version);
    answered.since = Math.min(answered.since, at);
    this.#add(answered, at, (tally) => tally.addAnswer(observation));
  }

  get versions(): string[] {
    return [...new Set(this.figures.namesBehind(QUARTERS).map(versionIn))];
  }

  /** From `from` to `to`, wall times in milliseconds: {@link readings} says how exactly. */
  between(version: string, from: number, to: number, now: number): Tally {
    const offset = this.figures.clockOffset;
    const period = readings(Math.max(from, now - QUARTERS_FOR) + offset, to + offset, now + offset);
    const sum = new Tally();
    for (const name of this.figures.namesBehind(QUARTERS)) {
      if (versionIn(name) !== version) continue;
      for (const part of period) sum.merge(this.figures.read(part.series + name, part.from, part.to));
    }
    return sum;
  }

  /**
   * The same for one slot, slice by slice. A quarter of an hour stands in where its minutes are not complete any more.
   */
  slices(place: VersionPlace, from: number, to = Infinity): readonly HistorySlice[] {
    const name = nameOf(place);
    const minutes = this.figures.slicesOf(MINUTES + name);
    const newest = minutes.at(-1)?.slice ?? Infinity;
    const cut = Math.ceil((newest * MINUTE - MINUTES_FOR) / QUARTER) * QUARTER;
    const all = [
      ...this.#timed(this.figures.slicesOf(QUARTERS + name), QUARTER).filter(({ end }) => end <= cut),
      ...this.#timed(minutes, MINUTE).filter(({ end }) => end > cut),
    ].map(({ end, length, tally }) => ({ start: end - length - this.figures.clockOffset, length, tally }));
    return all.filter(({ start, length }) => start < to && start + length > from);
  }

  /** Wall time, in milliseconds, of the first request to this slot's version here; `undefined` before it. */
  since({ route, environment, version }: VersionPlace): number | undefined {
    return this.#seen.peek(route, environment, version)?.since;
  }

  /** Ends by the clock that cuts the slices. */
  #timed(all: readonly { readonly slice: number; readonly tally: Tally }[], length: number) {
    return all.map(({ slice, tally }) => ({ end: (slice + 1) * length, length, tally }));
  }

  #add({ series }: Series, at: number, add: (tally: Tally) => void): void {
    const time = at + this.figures.clockOffset;
    for (const { key, length } of series) add(this.figures.own(key, Math.floor(time / length)));
  }
}

/** The sum of all slices. */
export function sumOf(all: readonly HistorySlice[]): Tally {
  const sum = new Tally();
  for (const { tally } of all) sum.merge(tally);
  return sum;
}

/** A tag has no bar, so the bar can end it. */
function nameOf({ route, environment, version }: VersionPlace): string {
  return `${version}|${route}/${environment}`;
}

function versionIn(name: string): string {
  return name.slice(0, name.indexOf('|'));
}
