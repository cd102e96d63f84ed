import { Logger } from '@nestjs/common';
import { ByPlace } from './by-place.js';
import { Figures } from './figures.js';
import { LENGTHS, MINUTE, MINUTES_FOR, QUARTER, QUARTERS_FOR, readings } from './history-readings.js';
import type { Observation } from './observation.js';
import { Tally } from './tally.js';

/** Fewest versions in slots with a history. Beyond the bound the one that was idle longest is forgotten. */
const LEAST_PLACES = 256;
/** Versions with a history for each configured environment, where there are many. */
const PER_ENVIRONMENT = 4;

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
  /** Wall time of the first request here. */
  since: number;
}

/**
 * The figures of every version in every slot over time: by the second for two minutes, by the minute for two hours, by
 * the quarter of an hour for 72 hours. Sums only. If replicas share their figures these are the sums of all of them, by
 * their common clock.
 */
export class VersionHistory {
  readonly #logger = new Logger(VersionHistory.name);
  #isFull = false;
  /** The series of the versions that this process has seen. */
  readonly #seen: ByPlace<Series>;

  /** @param environments that are configured: the bound follows them. */
  constructor(
    private readonly figures = new Figures(),
    environments = 0,
  ) {
    this.#seen = new ByPlace(
      Math.max(LEAST_PLACES, PER_ENVIRONMENT * environments),
      (route, environment, version): Series => {
        const name = nameOf({ route, environment, version });
        return { series: SERIES.map(([prefix, length]) => ({ key: prefix + name, length })), since: Infinity };
      },
      ({ series }) => {
        for (const { key } of series) this.figures.forget(key);
      },
      () => this.#tellFull(),
    );
  }

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
    return [...this.places().keys()];
  }

  /** Version → the names of its series. One look over all of them: for {@link between} of many versions. */
  places(): ReadonlyMap<string, readonly string[]> {
    const places = new Map<string, string[]>();
    for (const name of this.figures.namesBehind(QUARTERS)) {
      const version = versionIn(name);
      const known = places.get(version);
      if (known) known.push(name);
      else places.set(version, [name]);
    }
    return places;
  }

  /** From `from` to `to`, wall times in milliseconds: {@link readings} says how exactly. */
  between(version: string, from: number, to: number, now: number, places = this.places()): Tally {
    const offset = this.figures.clockOffset;
    const period = readings(Math.max(from, now - QUARTERS_FOR) + offset, to + offset, now + offset);
    const sum = new Tally();
    for (const name of places.get(version) ?? []) {
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

  #tellFull(): void {
    if (this.#isFull) return;
    this.#isFull = true;
    this.#logger.warn('More versions than have room: the history of those that were idle longest is forgotten.');
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
