import type { Figures } from './figures.js';
import { FailureRuns } from './failure-runs.js';
import { FirstEvents } from './first-events.js';
import { othersAsked } from './current-run.js';
import type { Observation, Placement } from './observation.js';
import { ReturningUnits } from './returning-units.js';
import type { UnitBuckets, Rescues } from '../domain/figures.js';
import { bucketOf, secondHash } from '../kit/second-hash.js';

/**
 * Events that a unit counts once for, each by itself: a failure of the environment's `own`, a `refusal`, a `fault`
 * that counts against the environment, a `wrongAnswer`, an `exposure`, or the limit of a gate that it outgrew.
 */
export type UnitEvent = 'own' | 'refusal' | 'fault' | 'wrongAnswer' | 'exposure' | `older:${string}`;

/** Events of requests that the environment failed: another one was asked, and which one answered. */
type RescueEvent = 'rescue' | `rescue:${string}`;

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
  readonly #firsts = new Map<UnitEvent, FirstEvents>();
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
   */
  arrives({ environment, segment, unit }: Placement): boolean {
    const arrival = this.returning.arrives(unit, segment);
    if (arrival?.isFirst) {
      // Units count once under each weights: a segment is an epoch of its own.
      const kind = { among: `${this.route}:sample`, epoch: segment };
      this.figures.countUnit(this.#name(environment, 'sample'), segment, unit, kind);
    }
    return arrival?.isLeftOut === true;
  }

  /** Different units of the environment under the weights of `segment`. */
  sampled(environment: string, segment: number): number {
    return this.figures.unitsOf(this.#name(environment, 'sample'), segment);
  }

  /** Counts the unit's first event of this kind for its environment. Returns whether it was the first here. */
  count(event: UnitEvent, { environment, segment, unit, offSplit }: Placement): boolean {
    if (offSplit) return false;
    let firsts = this.#firsts.get(event);
    if (!firsts) this.#firsts.set(event, (firsts = new FirstEvents()));
    if (!firsts.isFirst(unit)) return false;
    const kind = { among: `${this.route}:${event}`, epoch: this.epoch };
    this.figures.countUnit(this.#name(environment, event), segment, unit, kind);
    return true;
  }

  /** A request that its environment failed has ended: counts whether another was asked, and which one answered. */
  failed(observation: Observation): void {
    this.runs.ends(observation);
    const { environment, segment, answeredBy, offSplit } = observation;
    if (offSplit || othersAsked(observation) === 0) return;
    const add = (event: RescueEvent): void => this.figures.own(this.#name(environment, event), segment).addUnit();
    add('rescue');
    if (answeredBy) add(`rescue:${answeredBy.environment}`);
  }

  /** Requests that the environment failed and others were asked; and those that `rescuer` answered. */
  rescues(environment: string, rescuer: string, segment: number): Rescues {
    const units = (event: RescueEvent) => this.figures.readSlice(this.#name(environment, event), segment).units;
    return { asked: units('rescue'), answered: units(`rescue:${rescuer}`) };
  }

  /** Units counted for the environment under the weights of `segment`. */
  units(event: UnitEvent, environment: string, segment: number): number {
    return this.figures.unitsOf(this.#name(environment, event), segment);
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
    this.figures.own(this.#name(environment, `mean:${name}`)).addSample(value, bucket);
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
