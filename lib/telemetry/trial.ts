import type { Figures } from './figures.js';
import { FailureRuns } from './failure-runs.js';
import { startOf, type OnTrial } from '../domain/timetable.js';
import { UnitStarts } from '../kit/unit-starts.js';
import { othersAsked } from './current-run.js';
import type { Observation, Placement } from './observation.js';
import { ReturningUnits } from './returning-units.js';
import type { EventCounts, Rescues, Sampled, UnitBuckets } from '../domain/figures.js';
import { bucketOf, secondHash } from '../kit/second-hash.js';

/**
 * Events that a unit counts once for since each starting point, each by itself: a failure of the environment's `own`, a
 * `refusal`, a `fault` that counts against the environment, a `wrongAnswer`, or the limit of a gate that it outgrew.
 */
export type UnitEvent = 'own' | 'refusal' | 'fault' | 'wrongAnswer' | `older:${string}`;

/** Events of requests that the environment failed: another one was asked, and which one answered. */
type RescueEvent = 'rescue' | `rescue:${string}`;

/** Units of each kind of event that are told apart. Beyond that they are thinned, in all arms alike. */
const MOST_UNITS = 65_536;
/** The same in a part of the traffic. */
const MOST_UNITS_OF_STRATUM = 16_384;
/** Events that are also compared in parts of the traffic. */
const STRATIFIED: ReadonlySet<string> = new Set<UnitEvent>(['own', 'refusal', 'wrongAnswer']);

/**
 * A sample above this many times the mean so far is cut off there: one monster must not decide about money. It cannot
 * raise the mean that it is measured by, which is of earlier samples. It cannot make room for the next monster either,
 * because the largest sample is left out of that mean. The mean is of the real amounts: cutting off must not lower the
 * limit.
 */
const WINSORISED_AT = 10;
/** Samples that the mean needs before it is used. */
const MIN_SAMPLES = 50;

/**
 * Compares the arms of one route since the evidence last restarted: sums over requests that chance has split. Requests
 * that were forced to an environment, or are pinned to one, do not count.
 */
export class Trial {
  readonly runs = new FailureRuns();
  readonly #units = new Map<string, UnitStarts>();
  #start = 0;
  /** Environment → what is counted → the series it is counted in. */
  readonly #series = new Map<string, Map<string, string>>();
  /** Over all arms, here: the cut must not depend on the arm. */
  #keyless = 0;
  #pooled = { count: 0, largest: 0, others: 0 };

  constructor(
    private readonly figures: Figures,
    private readonly route: string,
    /** Revision at which this evidence began. */
    readonly epoch: number,
    private readonly returning = new ReturningUnits(),
  ) {}

  /**
   * A request of the unit arrives: it counts as one of those seen under these weights, forced or not. Whether its times
   * and its cost are left out of comparisons.
   *
   * @param at wall time.
   */
  arrives({ environment, segment, unit, onTrial }: Placement, at: number): boolean {
    const start = onTrial ? this.#startAt(onTrial, at) : -1;
    const arrival = this.returning.arrives(unit, segment, start);
    if (!onTrial || !arrival) return false;
    const { previous, level, isLeftOut } = arrival;
    if (previous !== undefined) {
      // Units count again under each weights: a segment is an epoch of its own.
      const kind = { among: `${this.route}:sample`, epoch: segment, most: MOST_UNITS };
      const event = { unit, previous, start, level };
      this.figures.countEvent(this.#counted(environment, 'sample'), segment, { ...event, ...kind });
    }
    return isLeftOut;
  }

  /** Units of the environment under the weights of `segment`. */
  sampled(environment: string, segment: number): Sampled {
    const series = this.#name(environment, 'sample');
    const units = Math.round(this.figures.unitsOf(series, segment));
    const events = this.figures.eventsOf(series, segment).reduce((sum, each) => sum + each.events, 0);
    // Of thinned units the events are only those that are kept.
    return { units, samples: Math.max(units, events) };
  }

  /** The unit is exposed to its environment: counts it once. */
  exposes(placement: Placement): void {
    this.#countAt(0, 'exposure', MOST_UNITS, placement);
  }

  /**
   * Counts an event of the unit for its environment, once since each starting point.
   *
   * @param at wall time.
   * @returns whether it counted here.
   */
  count(event: UnitEvent, placement: Placement, at: number): boolean {
    const { onTrial } = placement;
    if (!onTrial) return false;
    const start = this.#startAt(onTrial, at);
    if (STRATIFIED.has(event)) {
      for (const name of placement.strata ?? []) {
        this.#countAt(start, inStratum(event, name), MOST_UNITS_OF_STRATUM, placement);
      }
    }
    return this.#countAt(start, event, MOST_UNITS, placement);
  }

  /** A clock that is set back does not take the evidence back. */
  #startAt(onTrial: OnTrial, at: number): number {
    return (this.#start = Math.max(this.#start, startOf(onTrial, this.figures.timeAt(at))));
  }

  #countAt(
    start: number,
    what: string,
    most: number,
    { environment, segment, unit, offSplit, onTrial }: Placement,
  ): boolean {
    if (offSplit || !onTrial) return false;
    let units = this.#units.get(what);
    if (!units) this.#units.set(what, (units = new UnitStarts(most)));
    const previous = unit === undefined ? -1 : units.claim(unit, start);
    if (previous === undefined) return false;
    const kind = { among: `${this.route}:${what}`, epoch: this.epoch, most };
    const event = { unit, previous, start, level: units.level };
    this.figures.countEvent(this.#counted(environment, what), segment, { ...event, ...kind });
    return true;
  }

  /** A request that its environment failed has ended: counts whether another was asked, and which one answered. */
  failed(observation: Observation): void {
    this.runs.ends(observation);
    const { at, environment, answeredBy, offSplit, onTrial } = observation;
    if (offSplit || !onTrial || othersAsked(observation) === 0) return;
    const start = startOf(onTrial, this.figures.timeAt(at));
    const add = (event: RescueEvent): void => this.figures.own(this.#counted(environment, event), start).addUnit();
    add('rescue');
    if (answeredBy) add(`rescue:${answeredBy.environment}`);
  }

  /** Requests that the environment failed and others were asked; and those that `rescuer` answered. */
  rescues(environment: string, rescuer: string): Rescues[] {
    const answered = this.#name(environment, `rescue:${rescuer}`);
    return this.figures.slicesOf(this.#name(environment, 'rescue')).map(({ slice: start, tally }) => {
      return { start, asked: tally.units, answered: this.figures.readSlice(answered, start).units };
    });
  }

  /** Units of the environment by their events under the weights of `segment`; of a part of the traffic, or of all. */
  events(event: UnitEvent | 'exposure', environment: string, segment: number, stratum?: string): EventCounts[] {
    const what = stratum === undefined ? event : inStratum(event, stratum);
    return this.figures.eventsOf(this.#name(environment, what), segment);
  }

  /** One unit of so many counts: above 1 once there are too many of them to tell them all apart. */
  thinning(environments: readonly string[], segment: number): number {
    const levels = environments.map((name) => this.figures.readSlice(this.#name(name, 'exposure'), segment).level);
    return 2 ** Math.max(this.#units.get('exposure')?.level ?? 0, ...levels);
  }

  /** Adds what a request of the environment cost, US dollars. */
  spent(cost: number, placement: Placement): void {
    if (placement.offSplit || placement.mayBeCold) return;
    const { count, largest, others } = this.#pooled;
    const mean = count < MIN_SAMPLES ? 0 : others / (count - 1);
    this.#pooled = { count: count + 1, largest: Math.max(largest, cost), others: others + Math.min(largest, cost) };
    // While all requests were free there is no measure of an expensive one.
    this.sample('cost', placement, mean > 0 ? Math.min(cost, WINSORISED_AT * mean) : cost);
  }

  /** Adds a score or another figure whose mean is compared. */
  sample(name: string, { environment, unit }: Pick<Placement, 'environment' | 'unit'>, value: number): void {
    // A request without a key is its own unit: any bucket will do, evenly.
    const bucket = bucketOf(secondHash(unit ?? this.#keyless++ % 2 ** 32));
    this.figures.own(this.#counted(environment, `mean:${name}`)).addSample(value, bucket);
  }

  samples(name: string, environment: string): UnitBuckets {
    return this.figures.read(this.#name(environment, `mean:${name}`)).buckets;
  }

  /** Frees its sums. */
  forget(): void {
    for (const ofEnvironment of this.#series.values()) {
      for (const series of ofEnvironment.values()) this.figures.forget(series);
    }
  }

  /** The name of a series that is added to. A rollout that lost a part of its evidence would revert a good canary. */
  #counted(environment: string, what: string): string {
    const series = this.#name(environment, what);
    this.figures.pin(series);
    return series;
  }

  #name(environment: string, what: string): string {
    let ofEnvironment = this.#series.get(environment);
    if (!ofEnvironment) this.#series.set(environment, (ofEnvironment = new Map<string, string>()));
    let series = ofEnvironment.get(what);
    if (series === undefined) {
      series = `trial:${this.route}/${environment}:${this.epoch}:${what}`;
      ofEnvironment.set(what, series);
    }
    return series;
  }
}

function inStratum(event: string, name: string): string {
  return `${event}~${name}`;
}
