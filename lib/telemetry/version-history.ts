import { Figures } from './figures.js';
import type { Observation } from './observation.js';
import { Tally } from './tally.js';

const MINUTE = 60_000;
const QUARTER = 15 * MINUTE;
/** Milliseconds that are told by the minute. */
const FINE_FOR = 120 * MINUTE;
/** Milliseconds that are told at all, by the quarter of an hour. */
const KEPT_FOR = 72 * 60 * MINUTE;
/** Versions with a history; beyond it the one that was silent here longest is forgotten. */
const MAX_VERSIONS = 256;

const MINUTES = 'minutes:';
const QUARTERS = 'quarters:';

/**
 * What every version did and when: by the minute for two hours, by the quarter of an hour for 72 hours. Sums only. Where
 * replicas share their figures it is what all of them saw, by the clock that they have in common.
 */
export class VersionHistory {
  /** Those that were seen here, the one that was silent longest first. */
  readonly #seen = new Set<string>();

  constructor(private readonly figures = new Figures()) {}

  see(observation: Observation): void {
    const { at, version, answeredBy } = observation;
    for (const tally of this.#tallies(version, at)) tally.addRequest(observation);
    if (answeredBy) for (const tally of this.#tallies(answeredBy.version, at)) tally.addAnswer(observation);
  }

  get versions(): string[] {
    return this.figures.namesBehind(QUARTERS);
  }

  /** From `from` to `to`, wall times in milliseconds, to the minute; older than two hours to the quarter of an hour. */
  between(version: string, from: number, to: number, now: number): Tally {
    const offset = this.figures.clockOffset;
    // Both series have all that happened: each is read on its own side of a full quarter.
    const cut = Math.floor((now + offset - FINE_FOR) / QUARTER) * QUARTER;
    const [begin, end] = [Math.max(from, now - KEPT_FOR) + offset, to + offset];
    const sum = this.figures.read(QUARTERS + version, ...slices(begin, Math.min(end, cut), QUARTER));
    sum.merge(this.figures.read(MINUTES + version, ...slices(Math.max(begin, cut), end, MINUTE)));
    return sum;
  }

  #tallies(version: string, at: number): Tally[] {
    this.#seen.delete(version);
    this.#seen.add(version);
    if (this.#seen.size > MAX_VERSIONS) this.#forget(this.#seen.values().next().value!);
    const time = at + this.figures.clockOffset;
    return [
      this.figures.own(MINUTES + version, Math.floor(time / MINUTE)),
      this.figures.own(QUARTERS + version, Math.floor(time / QUARTER)),
    ];
  }

  #forget(version: string): void {
    this.#seen.delete(version);
    this.figures.forget(MINUTES + version);
    this.figures.forget(QUARTERS + version);
  }
}

/** The slices that something of this stretch is in: the first, and the one behind the last. */
function slices(from: number, to: number, length: number): [from: number, to: number] {
  return [Math.floor(from / length), Math.ceil(to / length)];
}
