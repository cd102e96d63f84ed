import { Arm, type Evidence } from './arm.js';
import type { Figures } from './figures.js';
import type { Placement } from './observation.js';
import { ReturningUnits } from './returning-units.js';
import { Trial } from './trial.js';

/**
 * The evidence of every route in its newest epoch: one arm per environment, and a trial that compares them. Requests of
 * an earlier epoch say nothing about the present versions, and get `undefined`. Bounded by the configuration.
 */
export class RouteEvidence {
  /** Route → environment → its arm. */
  readonly #arms = new Map<string, Map<string, Arm>>();
  readonly #trials = new Map<string, Trial>();
  /** Route → access keys that its calls used: one, or more than one. */
  readonly #keys = new Map<string, Set<number>>();
  /** Route → whether its units come back: a property of its callers, not of the versions that are compared. */
  readonly #returning = new Map<string, ReturningUnits>();

  /** @param windowLength of the rolling windows, milliseconds. */
  constructor(
    private readonly figures: Figures,
    private readonly windowLength: number,
  ) {}

  /** The trial that a request counts in. */
  trial({ route, epoch }: Placement): Trial | undefined {
    const trial = this.#trials.get(route);
    if (trial && trial.epoch >= epoch) return trial.epoch === epoch ? trial : undefined;
    trial?.forget();
    let returning = this.#returning.get(route);
    if (!returning) this.#returning.set(route, (returning = new ReturningUnits()));
    const next = new Trial(this.figures, route, epoch, returning);
    this.#trials.set(route, next);
    return next;
  }

  /** The arm that a request counts in. */
  arm({ route, environment, epoch, accessKey }: Placement): Arm | undefined {
    if (accessKey !== undefined) this.#sees(route, accessKey);
    let ofRoute = this.#arms.get(route);
    if (!ofRoute) this.#arms.set(route, (ofRoute = new Map<string, Arm>()));
    const arm = ofRoute.get(environment);
    if (arm && arm.epoch >= epoch) return arm.epoch === epoch ? arm : undefined;
    arm?.forget();
    const next = this.#newArm(route, environment, epoch);
    ofRoute.set(environment, next);
    return next;
  }

  /** To read what was compared since revision `epoch`. */
  trialSince(route: string, epoch: number): Trial {
    const known = this.#trials.get(route);
    return known?.epoch === epoch ? known : new Trial(this.figures, route, epoch);
  }

  /** The evidence on an environment since revision `epoch`, under the weights of `segment`. */
  read(route: string, environment: string, epoch: number, segment: number, now: number): Evidence {
    const known = this.#arms.get(route)?.get(environment);
    const arm = known?.epoch === epoch ? known : this.#newArm(route, environment, epoch);
    const isOneKey = (this.#keys.get(route)?.size ?? 0) < 2;
    return { ...arm.read(segment, now), run: this.trialSince(route, epoch).runs.read(environment, isOneKey) };
  }

  #sees(route: string, accessKey: number): void {
    let keys = this.#keys.get(route);
    if (!keys) this.#keys.set(route, (keys = new Set<number>()));
    if (keys.size < 2) keys.add(accessKey);
  }

  #newArm(route: string, environment: string, epoch: number): Arm {
    return new Arm(this.figures, `${route}/${environment}`, epoch, this.windowLength);
  }
}
