import type { Observation } from './observation.js';
import { Tally } from './tally.js';

interface Slice {
  readonly start: number;
  readonly length: number;
  readonly tally: Tally;
}

const MINUTE = 60_000;
const FINE = MINUTE;
const FINE_FOR = 120 * MINUTE;
const COARSE = 15 * MINUTE;
const KEPT_FOR = 72 * 60 * MINUTE;
/** Versions with a history; beyond it the one that was silent longest is forgotten. */
const MAX_VERSIONS = 256;

/** Figures of one version over time: by the minute for two hours, by the quarter of an hour for 72 hours. */
class Timeline {
  #slices: Slice[] = [];

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

  between(from: number, to: number): Tally {
    const sum = new Tally();
    for (const { start, length, tally } of this.#slices) {
      if (start < to && start + length > from) sum.merge(tally);
    }
    return sum;
  }

  #settle(now: number): void {
    const settled: Slice[] = [];
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

/** What every version did and when, in this process. Sums only. */
export class VersionHistory {
  /** The one that was silent longest first. */
  readonly #timelines = new Map<string, Timeline>();

  see(observation: Observation): void {
    const { at, version, answeredBy } = observation;
    this.#timeline(version).at(at).addRequest(observation);
    if (answeredBy) this.#timeline(answeredBy.version).at(at).addAnswer(observation);
  }

  get versions(): string[] {
    return [...this.#timelines.keys()];
  }

  /** From `from` to `to`, wall times in milliseconds, to the minute; older than two hours to the quarter of an hour. */
  between(version: string, from: number, to: number): Tally {
    return this.#timelines.get(version)?.between(from, to) ?? new Tally();
  }

  #timeline(version: string): Timeline {
    const timeline = this.#timelines.get(version) ?? new Timeline();
    this.#timelines.delete(version);
    this.#timelines.set(version, timeline);
    if (this.#timelines.size > MAX_VERSIONS) this.#timelines.delete(this.#timelines.keys().next().value!);
    return timeline;
  }
}
