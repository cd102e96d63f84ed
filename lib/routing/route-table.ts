import { UnknownEnvironmentError, UnknownRouteError } from '../domain/errors.js';
import { isOpen, type LocalRollback } from '../domain/local-rollback.js';
import type { ShadowStage } from '../domain/plan.js';
import { leftBehind } from '../domain/rollback-commands.js';
import type { RouteSettings } from '../domain/route-settings.js';
import { idleEnvironment, type RouteState, type State } from '../domain/state.js';
import { onTrialNow, type OnTrial } from '../domain/timetable.js';
import type { Version } from '../domain/version.js';
import { inherited, weightOf, withShare, type Weights } from '../domain/weights.js';
import { murmur3 } from './hash.js';
import { ownNames } from './own-names.js';

/** A place that a request can go to. */
export interface Target {
  readonly environment: string;
  readonly version: Version;
}

/** A target with its share. */
export interface Slot extends Target {
  /** Share of the traffic of this process, in percent. */
  readonly weight: number;
  /** Whether this process knows the upstream. One that it does not know has no share here. */
  readonly servable: boolean;
}

/**
 * The routes and upstreams in the options of this process. The state may know others: replicas may have other options.
 */
export interface Served {
  route(alias: string): boolean;
  upstream(id: string): boolean;
  /** Fingerprint of the upstream's address and key, where there are others to compare it with. */
  address?(id: string): string | undefined;
}

/** For a process that serves everything in the state. */
export const EVERYTHING: Served = { route: () => true, upstream: () => true };

/** A route for the request path: everything is looked up, only the hash is left to compute. */
export interface CompiledRoute {
  readonly alias: string;
  /** The canary stands beside the environment that it takes traffic from: a rise moves no other units. */
  readonly slots: readonly Slot[];
  /** Upper bound of each slot in [0, 1], in the order of `slots`. */
  readonly bounds: readonly number[];
  readonly active: Slot;
  readonly fallback: readonly Slot[];
  /** The canary of a rollout, running or future: the environment that is not live. */
  readonly canary: Slot | undefined;
  /** The rollout that is under way: requests of the two environments are compared. */
  readonly onTrial: OnTrial | undefined;
  /** The environment that the newest rollback took the traffic from. */
  readonly rolledBackFrom: string | undefined;
  /** It no longer continues conversations that only it can continue. */
  readonly refusesBound: boolean;
  /** Seed of the hash, derived from the rollout's seed. */
  readonly seed: number;
  readonly epoch: number;
  readonly segment: number;
  readonly settings: RouteSettings;
  /** The shadow stage of a rollout: requests are mirrored to the canary. */
  readonly mirrored: MirroredStage | undefined;
  /** A canary that this process alone has taken out. */
  readonly local: LocalRollback | undefined;
}

/** The requests that a rollout wants mirrored. */
interface MirroredStage extends Pick<ShadowStage, 'percentage' | 'concurrency' | 'maxCostUsd'> {
  /** Changes with every rollout and when a version changes. */
  readonly id: string;
}

/** An immutable picture of all routes. It is replaced, never changed. */
export class RouteTable {
  static readonly empty = new RouteTable(0, new Map());

  readonly #byModel: ReadonlyMap<string, readonly string[]>;

  private constructor(
    /** Revision of the state that it was compiled from. */
    readonly revision: number,
    private readonly routes: ReadonlyMap<string, CompiledRoute>,
  ) {
    this.#byModel = ownNames(routes.values());
  }

  /** Compiles the routes that changed since `previous` and reuses the others. */
  static from(
    state: State,
    previous?: { state: State; table: RouteTable },
    served = EVERYTHING,
    rollbacks: ReadonlyMap<string, LocalRollback> = new Map(),
  ): RouteTable {
    const routes = new Map<string, CompiledRoute>();
    for (const [alias, route] of state.routes) {
      if (!served.route(alias)) continue;
      const known = previous?.state.routes.get(alias) === route && previous.table.routes.get(alias);
      const local = rollbacks.get(alias);
      routes.set(alias, known && known.local === local ? known : compile(route, served, local));
    }
    return new RouteTable(state.revision, routes);
  }

  get aliases(): string[] {
    return [...this.routes.keys()];
  }

  find(alias: string): CompiledRoute | undefined {
    return this.routes.get(alias);
  }

  /**
   * The route of an alias, or of a model's own name if one route alone has that model.
   *
   * @throws {UnknownRouteError}
   */
  get(name: string): CompiledRoute {
    // Among many routes a look-up is a walk through memory: one, for nearly every request.
    return this.routes.get(name) ?? this.#byOwnName(name);
  }

  #byOwnName(name: string): CompiledRoute {
    const having = this.#byModel.get(name) ?? [];
    const route = having.length === 1 ? this.routes.get(having[0]!) : undefined;
    if (!route) throw new UnknownRouteError(name, having.length > 1 ? having : this.aliases, having.length > 1);
    return route;
  }
}

/** The slot of an environment. @throws {UnknownEnvironmentError} */
export function slotOf(route: CompiledRoute, environment: string): Slot {
  const slot = route.slots.find((candidate) => candidate.environment === environment);
  if (!slot) {
    const known = route.slots.map((candidate) => candidate.environment);
    throw new UnknownEnvironmentError(route.alias, environment, known);
  }
  return slot;
}

function compile(known: RouteState, served: Served, rollback?: LocalRollback): CompiledRoute {
  const local = rollback && isOpen(rollback, known) ? rollback : undefined;
  const route = local ? withoutCanary(known, local) : asked(known, served);
  const isServable = (environment: string): boolean =>
    served.upstream(route.environments[environment]!.version.upstream);
  const weights = weightsAmong(route, isServable);
  const slot = (environment: string): Slot => ({
    environment,
    version: route.environments[environment]!.version,
    weight: weightOf(weights, environment),
    servable: isServable(environment),
  });
  const slots = route.order.map(slot);

  const total = slots.reduce((sum, { weight }) => sum + weight, 0);
  let below = 0;
  const bounds = slots.map(({ weight }) => (below += weight) / total);
  return {
    alias: route.alias,
    slots,
    bounds,
    active: slots.find(({ environment }) => environment === route.active)!,
    fallback: route.fallback.filter(isServable).map(slot),
    canary: slots.find(({ environment }) => environment === canaryIn(route)),
    onTrial: onTrialNow(route),
    rolledBackFrom: local?.environment ?? leftBehind(route),
    refusesBound: route.refusesBound ?? false,
    seed: murmur3(route.seed, 0),
    epoch: route.epoch,
    segment: route.segment,
    settings: route.settings,
    mirrored: mirroredIn(route),
    local,
  };
}

/** Its requests are not evidence: the journal's weights say that the environments are compared at another split. */
function withoutCanary(route: RouteState, { environment, heir }: LocalRollback): RouteState {
  return { ...route, weights: withShare(route.weights, heir, environment, 0), epoch: 0, segment: 0 };
}

/**
 * Requests that this process would send elsewhere than the fleet's newest options say do not count as evidence either.
 */
function asked(route: RouteState, served: Served): RouteState {
  const { alias, addresses = {}, fallback } = route;
  const isElsewhere = (name: string): boolean => {
    const own = served.address?.(`${alias}/${name}`);
    return own !== undefined && own !== addresses[name] && !fallback.includes(name);
  };
  return Object.keys(addresses).some(isElsewhere) ? { ...route, epoch: 0, segment: 0 } : route;
}

/** Shares of environments that this process cannot ask go to the first one that would be asked instead. */
function weightsAmong(route: RouteState, isServable: (environment: string) => boolean): Weights {
  const names = Object.keys(route.environments);
  const servable = names.filter(isServable);
  const heir = [route.active, ...route.fallback, ...servable].find((name) => servable.includes(name));
  if (heir === undefined || servable.length === names.length) return route.weights;
  return inherited(route.weights, servable, heir);
}

/** A paused shadow stage goes on mirroring. */
function mirroredIn({ rollout, epoch }: RouteState): MirroredStage | undefined {
  const stage = rollout?.plan.shadow;
  if (!stage) return undefined;
  const { phase } = rollout;
  const { name } = phase.name === 'Paused' ? phase.resumeTo : phase;
  const { percentage, concurrency, maxCostUsd } = stage;
  return name === 'Shadowing' ? { id: `${rollout.id} ${epoch}`, percentage, concurrency, maxCostUsd } : undefined;
}

function canaryIn(route: RouteState): string | undefined {
  const to = route.rollout?.to;
  return to !== undefined && to !== route.active ? to : idleEnvironment(route);
}
