import { UnknownEnvironmentError, UnknownRouteError } from '../domain/errors.js';
import type { ShadowStage } from '../domain/plan.js';
import { idleEnvironment, type RouteSettings, type RouteState, type State } from '../domain/state.js';
import type { Version } from '../domain/version.js';
import { murmur3 } from './hash.js';

/** A place that a request can go to. */
export interface Target {
  readonly environment: string;
  readonly version: Version;
}

/** A target with its share. */
export interface Slot extends Target {
  /** Share of the traffic, in percent. */
  readonly weight: number;
}

/** A route as the request path reads it: everything looked up, nothing left to compute but the hash. */
export interface CompiledRoute {
  readonly alias: string;
  /** The environment on trial beside the one that it takes from: a rise moves nobody else. */
  readonly slots: readonly Slot[];
  /** Upper bound of each slot in [0, 1], in the order of `slots`. */
  readonly bounds: readonly number[];
  readonly active: Slot;
  readonly fallback: readonly Slot[];
  /** The environment that a rollout tries, or would try: the one that is not live. */
  readonly onTrial: Slot | undefined;
  /** The environment that the newest rollout was rolled back from. */
  readonly rolledBackFrom: string | undefined;
  /** Seed of the hash, from the rollout's. */
  readonly seed: number;
  readonly epoch: number;
  readonly segment: number;
  readonly settings: RouteSettings;
  /** The shadow stage that a rollout is in: its requests are mirrored to the environment on trial. */
  readonly mirrored: MirroredStage | undefined;
}

/** Which requests a rollout wants mirrored. */
interface MirroredStage extends Pick<ShadowStage, 'percentage' | 'concurrency' | 'maxCostUsd'> {
  /** Another one for every rollout, and when a version changes. */
  readonly id: string;
}

/** One immutable picture of all routes. Replaced whole, never changed. */
export class RouteTable {
  static readonly empty = new RouteTable(0, new Map());

  private constructor(
    /** Revision of the state it was made from. */
    readonly revision: number,
    private readonly routes: ReadonlyMap<string, CompiledRoute>,
  ) {}

  /** Compiles the routes that changed since `previous` and takes over the others as they are. */
  static from(state: State, previous?: { state: State; table: RouteTable }): RouteTable {
    const routes = new Map<string, CompiledRoute>();
    for (const [alias, route] of state.routes) {
      const known = previous?.state.routes.get(alias) === route && previous.table.routes.get(alias);
      routes.set(alias, known || compile(route));
    }
    return new RouteTable(state.revision, routes);
  }

  get aliases(): string[] {
    return [...this.routes.keys()];
  }

  find(alias: string): CompiledRoute | undefined {
    return this.routes.get(alias);
  }

  /** @throws {UnknownRouteError} */
  get(alias: string): CompiledRoute {
    const route = this.routes.get(alias);
    if (!route) throw new UnknownRouteError(alias, this.aliases);
    return route;
  }
}

/** The slot of a name. @throws {UnknownEnvironmentError} */
export function slotOf(route: CompiledRoute, environment: string): Slot {
  const slot = route.slots.find((candidate) => candidate.environment === environment);
  if (!slot) {
    const known = route.slots.map((candidate) => candidate.environment);
    throw new UnknownEnvironmentError(route.alias, environment, known);
  }
  return slot;
}

function compile(route: RouteState): CompiledRoute {
  const slot = (environment: string): Slot => ({
    environment,
    version: route.environments[environment]!.version,
    weight: route.weights[environment] ?? 0,
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
    fallback: route.fallback.map(slot),
    onTrial: slots.find(({ environment }) => environment === onTrialIn(route)),
    rolledBackFrom: rolledBackFrom(route),
    seed: murmur3(route.seed, 0),
    epoch: route.epoch,
    segment: route.segment,
    settings: route.settings,
    mirrored: mirroredIn(route),
  };
}

function rolledBackFrom({ rollout }: RouteState): string | undefined {
  return rollout?.phase.name === 'Aborting' || rollout?.phase.name === 'RolledBack' ? rollout.to : undefined;
}

/** A pause stops the schedule, not what it rests on. */
function mirroredIn({ rollout, epoch }: RouteState): MirroredStage | undefined {
  const stage = rollout?.plan.shadow;
  if (!stage) return undefined;
  const { phase } = rollout;
  const { name } = phase.name === 'Paused' ? phase.resumeTo : phase;
  const { percentage, concurrency, maxCostUsd } = stage;
  return name === 'Shadowing' ? { id: `${rollout.id} ${epoch}`, percentage, concurrency, maxCostUsd } : undefined;
}

function onTrialIn(route: RouteState): string | undefined {
  const to = route.rollout?.to;
  return to !== undefined && to !== route.active ? to : idleEnvironment(route);
}
