import type { Observation } from './observation.js';
import { Tally } from './tally.js';

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

const MINUTE = 60_000;
const FINE = MINUTE;
const FINE_FOR = 120 * MINUTE;
const COARSE = 15 * MINUTE;
const KEPT_FOR = 72 * 60 * MINUTE;
/** Versions in slots with a history; beyond it the one that was silent longest is forgotten. */
const MAX_PLACES = 1_024;

/** Figures of one version over time: by the minute for two hours, by the quarter of an hour for 72 hours. */
class Timeline {
  #slices: HistorySlice[] = [];

  at(now: number): Tally {
    const start = now - (now % FINE);
    const newest = this.#slices.at(-1);
    // A clock that was set back adds to the newest slice instead of beginning an older one.
    if (newest && newest.start >= start) return newest.tally;
    this.#settle(now);
    const slice = { start, length: FINE, tally: new Tally() };
    this.#slices.push(slice);
    return slice.tally;
  }

  between(from: number, to: number): readonly HistorySlice[] {
    return this.#slices.filter(({ start, length }) => start < to && start + length > from);
  }

  #settle(now: number): void {
    const settled: HistorySlice[] = [];
    for (const slice of this.#slices) {
      if (slice.start + slice.length < now - KEPT_FOR) continue;
      const isCoarse = slice.start < now - FINE_FOR;
      const start = isCoarse ? slice.start - (slice.start % COARSE) : slice.start;
      const last = settled.at(-1);
      if (isCoarse && last?.start === start) last.tally.merge(slice.tally);
      else settled.push(isCoarse ? { start, length: COARSE, tally: slice.tally } : slice);
    }
    this.#slices = settled;
  }
}

/** What every version did in every slot and when, in this process. Sums only. */
export class VersionHistory {
  /** The one that was silent longest first. */
  readonly #timelines = new Map<string, { readonly version: string; readonly timeline: Timeline }>();

  see(observation: Observation): void {
    const { at, route, environment, version, answeredBy } = observation;
    this.#timeline({ route, environment, version }).at(at).addRequest(observation);
    if (answeredBy) {
      this.#timeline({ route, ...answeredBy })
        .at(at)
        .addAnswer(observation);
    }
  }

  get versions(): string[] {
    return [...new Set([...this.#timelines.values()].map(({ version }) => version))];
  }

  /** From `from` to `to`, wall times in milliseconds, to the minute; older than two hours to the quarter of an hour. */
  between(version: string, from: number, to: number): Tally {
    const own = [...this.#timelines.values()].filter((known) => known.version === version);
    return sumOf(own.flatMap(({ timeline }) => timeline.between(from, to)));
  }

  /** The same slice by slice, of one slot. */
  slices(place: VersionPlace, from: number, to = Infinity): readonly HistorySlice[] {
    return this.#timelines.get(keyOf(place))?.timeline.between(from, to) ?? [];
  }

  #timeline(place: VersionPlace): Timeline {
    const key = keyOf(place);
    const known = this.#timelines.get(key) ?? { version: place.version, timeline: new Timeline() };
    this.#timelines.delete(key);
    this.#timelines.set(key, known);
    if (this.#timelines.size > MAX_PLACES) this.#timelines.delete(this.#timelines.keys().next().value!);
    return known.timeline;
  }
}

/** All of it together. */
export function sumOf(slices: readonly HistorySlice[]): Tally {
  const sum = new Tally();
  for (const { tally } of slices) sum.merge(tally);
  return sum;
}

function keyOf({ route, environment, version }: VersionPlace): string {
  // A tag never has a control character, and a name that had one would only share its figures.
  return `${route}\0${environment}\0${version}`;
}
