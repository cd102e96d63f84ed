import type { Figures } from './figures.js';
import { FirstEvents } from './first-events.js';
import { othersAsked } from './current-run.js';
import type { Observation, Placement } from './observation.js';
import type { Moments } from './tally.js';

/** What units are counted for, once each: `failure`, `exposure`, or a gate's limit that they outgrew. */
export type UnitEvent = 'failure' | 'exposure' | `older:${string}`;

/** What happens to requests that the environment has failed: another one is asked, and this one answers. */
type RescueEvent = 'rescue' | `rescue:${string}`;

/**
 * A sample above this many times the mean so far counts as that: one monster does not decide about money. Not by its
 * own size, since the mean is of what came before it, and not by making room for the next one, since the largest sample
 * has no part in the mean. Otherwise it is the mean of what was really paid: what is cut off must not lower what is let
 * through.
 */
const WINSORISED_AT = 10;
/** Samples before that mean says anything. */
const MIN_SAMPLES = 50;

/**
 * What the arms of one route are compared by since the evidence last began anew: sums over what chance has split. Who
 * was forced to an environment, or is pinned to one, has no part in it.
 */
export class Trial {
  readonly #firsts = new Map<UnitEvent, FirstEvents>();
  /** Environment → what is counted → the series it is counted in. */
  readonly #series = new Map<string, Map<string, string>>();
  /** Of all arms, here: what is cut off must not depend on the arm. */
  #pooled = { count: 0, largest: 0, others: 0 };

  constructor(
    private readonly figures: Figures,
    private readonly route: string,
    /** Revision at which this evidence began. */
    readonly epoch: number,
  ) {}

  /** Counts the unit's first event of this kind for the environment it is in. Whether it was the first, here. */
  count(event: UnitEvent, { environment, segment, unit, offSplit }: Placement): boolean {
    if (offSplit) return false;
    let firsts = this.#firsts.get(event);
    if (!firsts) this.#firsts.set(event, (firsts = new FirstEvents()));
    if (!firsts.isFirst(unit)) return false;
    const kind = { among: `${this.route}:${event}`, epoch: this.epoch };
    this.figures.countUnit(this.#name(environment, event), segment, unit, kind);
    return true;
  }

  /** A request that its environment has failed has ended: who was asked in its place, and who answered. */
  rescued(observation: Observation): void {
    const { environment, segment, answeredBy, offSplit } = observation;
    if (offSplit || othersAsked(observation) === 0) return;
    const add = (event: RescueEvent): void => this.figures.own(this.#name(environment, event), segment).addUnit();
    add('rescue');
    if (answeredBy) add(`rescue:${answeredBy.environment}`);
  }

  /** Requests failed by the environment that others were asked for; those that `rescuer` answered. */
  rescues(environment: string, rescuer: string, segment: number): { asked: number; answered: number } {
    const units = (event: RescueEvent) => this.figures.readSlice(this.#name(environment, event), segment).units;
    return { asked: units('rescue'), answered: units(`rescue:${rescuer}`) };
  }

  /** Units counted for the environment under the weights of `segment`. */
  units(event: UnitEvent, environment: string, segment: number): number {
    return this.figures.unitsOf(this.#name(environment, event), segment);
  }

  /** Adds what a request of the environment cost, US dollars. */
  spent(cost: number, { environment, offSplit }: Placement): void {
    if (offSplit) return;
    const { count, largest, others } = this.#pooled;
    const mean = count < MIN_SAMPLES ? 0 : others / (count - 1);
    this.#pooled = { count: count + 1, largest: Math.max(largest, cost), others: others + Math.min(largest, cost) };
    // Where nothing has cost anything there is no measure yet of what is much.
    this.sample('cost', environment, mean > 0 ? Math.min(cost, WINSORISED_AT * mean) : cost);
  }

  /** Adds a score or another figure whose mean is compared. */
  sample(name: string, environment: string, value: number): void {
    this.figures.own(this.#name(environment, `mean:${name}`)).addSample(value);
  }

  moments(name: string, environment: string): Moments {
    return this.figures.read(this.#name(environment, `mean:${name}`)).moments;
  }

  /** Lets go of its sums. */
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
