import { logShareEvidence } from '../../lib/analysis/evidence/absolute.js';
import type { FailedOf } from '../../lib/domain/figures.js';
import { isOutageOver, readLiveCeiling, type CeilingVerdict } from '../../lib/analysis/evidence/live-ceiling.js';
import { tripLength } from '../../lib/analysis/evidence/run-trip.js';
import { UnitStarts } from '../../lib/analysis/evidence/thinning.js';
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
  readonly #run = new Set<number>();
  #anonymous = 0;
  #canaryUnits = 0;
  #latest = 0;

  constructor(
    private readonly ceilingAlpha: number,
    private readonly tripAlpha: number,
  ) {}

  /** Takes in a request. Whether the trip reverts. */
  count(place: Place, isFault: boolean, isAnswered: boolean, liveTakes: boolean): boolean {
    const { isCanary, start, unit } = place;
    this.#latest = Math.max(this.#latest, start);
    if (!isFault && !isAnswered) return false;
    const of = at(this.#byStart[isCanary ? 'canary' : 'live'], start);
    of.total++;
    if (isFault) of.failed++;
    if (!isCanary) return false;
    this.#canaryUnits++;
    if (!isFault) {
      this.#quiet.set(start, (this.#quiet.get(start) ?? 0) + 1);
      this.#run.clear();
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
    if (!liveTakes) return false;
    this.#run.add(unit < 0 ? --this.#anonymous : unit);
    return this.#run.size >= CONSECUTIVE && this.#run.size >= this.#tripLength();
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

  #tripLength(): number {
    const lately = since(this.#byStart.live, this.#latest - 1);
    const rescued = since(this.#byStart.rescues, this.#latest - 1);
    return tripLength({
      consecutiveFailures: CONSECUTIVE,
      live: this.live,
      lately: { failed: lately.failed + rescued.failed, total: lately.total + rescued.total },
      canaryUnits: this.#canaryUnits,
      alpha: this.tripAlpha,
    });
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
