import { logShareEvidence } from '../../lib/analysis/evidence/absolute.js';
import type { FailedOf } from '../../lib/domain/failure-run.js';
import { isOutageOver, readLiveCeiling, type CeilingVerdict } from '../../lib/analysis/evidence/live-ceiling.js';
import { logRunEvidence, runLimit } from '../../lib/analysis/evidence/run-trip.js';
import { UnitStarts } from '../../lib/kit/unit-starts.js';
import type { Place } from './comparison.js';

interface Counts extends FailedOf {
  failed: number;
  total: number;
}

const MAX = 0.05;
const CONSECUTIVE = 5;

/** The ceiling and the trip: they cannot compare, and count only faults that are surely the environment's own. */
export class FaultWatch {
  readonly #units = new UnitStarts();
  readonly #events = new Map<string, { previous: number; start: number; events: number }>();
  readonly #quiet = new Map<number, number>();
  readonly #byStart = {
    canary: new Map<number, Counts>(),
    live: new Map<number, Counts>(),
    rescues: new Map<number, Counts>(),
  };
  #run = new Run();
  #canaryUnits = 0;

  constructor(
    private readonly ceilingAlpha: number,
    private readonly tripAlpha: number,
  ) {}

  /** Takes in a request. Whether the trip reverts. */
  count(place: Place, isFault: boolean, isAnswered: boolean, liveTakes: boolean): boolean {
    const { isCanary, start, unit } = place;
    if (!isFault && !isAnswered) return false;
    const of = at(this.#byStart[isCanary ? 'canary' : 'live'], start);
    of.total++;
    if (isFault) of.failed++;
    if (!isCanary) this.#run.sees(unit, isFault);
    if (!isCanary) return false;
    this.#canaryUnits++;
    if (!isFault) {
      this.#quiet.set(start, (this.#quiet.get(start) ?? 0) + 1);
      this.#run = new Run();
      return false;
    }
    const previous = unit < 0 ? -1 : this.#units.claim(unit, start);
    if (previous !== undefined) {
      const key = `${previous}:${start}`;
      let event = this.#events.get(key);
      if (!event) this.#events.set(key, (event = { previous, start, events: 0 }));
      event.events++;
    }
    const rescue = at(this.#byStart.rescues, start);
    rescue.total++;
    if (!liveTakes) rescue.failed++;
    this.#run.fails(unit, liveTakes);
    return this.#run.reverts(runLimit(this.#canaryUnits, this.tripAlpha));
  }

  /** Reads the ceiling. An outage of both that is over holds nothing any more. */
  ceiling(): CeilingVerdict {
    const quiet = [...this.#quiet].map(([start, requests]) => ({ start, requests }));
    const canary = logShareEvidence(this.#events.values(), quiet, MAX);
    const { live, rescues } = this.#byStart;
    const verdict = readLiveCeiling({
      max: MAX,
      alpha: this.ceilingAlpha,
      canary: canary.log,
      live: since(live, 0),
      liveThere: since(live, canary.loudest),
      rescues: since(rescues, canary.loudest),
    });
    if (verdict === 'under' || verdict === 'canary') return verdict;
    const stretches = [...this.#byStart.canary].toSorted(([a], [b]) => a - b).map(([, counts]) => counts);
    return isOutageOver(stretches, MAX) ? 'under' : verdict;
  }

  get canarySample(): number {
    return this.#canaryUnits;
  }

  get live(): FailedOf {
    return since(this.#byStart.live, 0);
  }
}

function at(counts: Map<number, Counts>, start: number): Counts {
  let known = counts.get(start);
  if (!known) counts.set(start, (known = { failed: 0, total: 0 }));
  return known;
}

function since(counts: ReadonlyMap<number, Counts>, start: number): Counts {
  const sum = { failed: 0, total: 0 };
  for (const [each, { failed, total }] of counts) {
    if (each < start) continue;
    sum.failed += failed;
    sum.total += total;
  }
  return sum;
}

/** A run of the canary's failures, by unit, and the live environment's units meanwhile. */
class Run {
  readonly #answered = new Set<number>();
  readonly #unanswered = new Set<number>();
  readonly #beside = new Set<number>();
  #besideFailed = 0;
  #anonymous = 0;

  sees(unit: number, isFault: boolean): void {
    if (this.#answered.size + this.#unanswered.size === 0 || this.#beside.has(unit)) return;
    this.#beside.add(this.#named(unit));
    if (isFault) this.#besideFailed++;
  }

  fails(unit: number, liveTakes: boolean): void {
    (liveTakes ? this.#answered : this.#unanswered).add(this.#named(unit));
  }

  reverts(limit: number): boolean {
    const length = this.#answered.size;
    const beside = { failed: this.#besideFailed, total: this.#beside.size };
    const unanswered = this.#unanswered.size;
    return length >= CONSECUTIVE && logRunEvidence({ length, answered: length, unanswered, beside }) >= limit;
  }

  #named(unit: number): number {
    return unit < 0 ? --this.#anonymous : unit;
  }
}
