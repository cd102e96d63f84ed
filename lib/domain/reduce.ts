import type { JournalEntry } from './events.js';
import { freshOrder, sideBySide } from './order.js';
import { reduceRollout, startedRollout, switchedTo, type EntryOf } from './reduce-rollout.js';
import type { EnvironmentState, RouteState, State } from './state.js';
import { inherited } from './weights.js';

/**
 * Folds one journal entry into the state. Pure and total: the same entries give the same state everywhere.
 */
export function reduce(state: State, entry: JournalEntry): State {
  const { revision } = entry;
  if (entry.type === 'VersionRegistered') {
    const { versionId: id, version, metadata, at: registeredAt } = entry;
    const versions = new Map(state.versions).set(version.tag, { id, version, metadata, registeredAt });
    return { ...state, revision, versions };
  }
  if (entry.type === 'NoteAdded') return { ...state, revision };
  const route = reduceRoute(state.routes.get(entry.route), entry);
  if (!route) return { ...state, revision };
  return { ...state, revision, routes: new Map(state.routes).set(entry.route, route) };
}

function reduceRoute(route: RouteState | undefined, entry: RouteEntry): RouteState | undefined {
  if (entry.type === 'RouteConfigured') return configured(route, entry);
  if (!route) return undefined;
  switch (entry.type) {
    case 'VersionAssigned': {
      const environment = { ...route.environments[entry.environment]!, version: entry.version };
      return {
        ...route,
        environments: { ...route.environments, [entry.environment]: environment },
        // A standby is a version that was live, not just a slot.
        ...(entry.environment === route.standby && { standby: undefined }),
        ...begunAt(entry.revision),
      };
    }
    case 'AddressesChanged': {
      const { addresses, changed, revision } = entry;
      return { ...route, addresses, ...(changed.length > 0 && begunAt(revision)) };
    }
    case 'RouteSettingsChanged':
      return { ...route, settings: entry.settings };
    case 'RouteRestored':
      return {
        ...route,
        environments: entry.environments,
        weights: entry.weights,
        settings: entry.settings,
        standby: standbyAfterRestore(route, entry),
        ...begunAt(entry.revision),
        ...switchedTo(route, entry.active, entry.at),
      };
    case 'WeightsSet':
      return weighed(route, entry);
    case 'RolloutStarted':
      return {
        ...route,
        standby: undefined,
        weights: entry.weights,
        seed: entry.seed,
        order: orderUnder(route, entry),
        segment: entry.revision,
        epoch: entry.revision,
        rollout: startedRollout(entry),
      };
    default:
      return route.rollout?.id === entry.rolloutId ? reduceRollout(route, route.rollout, entry) : route;
  }
}

/**
 * Evidence restarts when an environment gets traffic again: people have seen the old figures, or it was reverted on
 * them.
 */
function weighed(route: RouteState, entry: EntryOf<'WeightsSet'>): RouteState {
  const { weights, active, revision, at } = entry;
  const isNew = Object.keys(weights).some((name) => weights[name]! > 0 && (route.weights[name] ?? 0) === 0);
  return {
    ...route,
    weights,
    standby: standbyAfter(route, entry),
    left: leftAfter(route, entry),
    refusesBound: refusedAfter(route, entry),
    segment: revision,
    ...(isNew && begunAt(revision)),
    ...switchedTo(route, active, at),
  };
}

function refusedAfter({ refusesBound }: RouteState, { reverted, bound }: EntryOf<'WeightsSet'>): true | undefined {
  if (!reverted) return refusesBound;
  return bound === 'refuse' ? true : undefined;
}

function leftAfter({ left, weights: before }: RouteState, { weights, reverted }: EntryOf<'WeightsSet'>) {
  const isIdle = (name: string): boolean => (weights[name] ?? 0) === 0;
  const taken = reverted && Object.keys(before).find((name) => before[name]! > 0 && isIdle(name));
  if (taken !== undefined) return taken;
  return left !== undefined && isIdle(left) ? left : undefined;
}

/** A return to the environment that stands by is a rollback, however it was asked for: nothing stands by then. */
function standbyAfter(route: RouteState, { active, reverted }: EntryOf<'WeightsSet'>): string | undefined {
  if (reverted) return undefined;
  if (active === route.active) return route.standby;
  return active === route.standby ? undefined : route.active;
}

function standbyAfterRestore(
  route: RouteState,
  { active, environments }: EntryOf<'RouteRestored'>,
): string | undefined {
  const before = route.active;
  return active !== before && sameVersion(environments[before], route.environments[before]) ? before : undefined;
}

function sameVersion(a: EnvironmentState | undefined, b: EnvironmentState | undefined): boolean {
  return JSON.stringify(a?.version) === JSON.stringify(b?.version);
}

/** With the old seed, users are placed already: no user of the canary may move back. */
function orderUnder(route: RouteState, { seed, from, to }: EntryOf<'RolloutStarted'>): readonly string[] {
  return seed === route.seed ? sideBySide(route.order, from, to) : freshOrder({ ...route, rollout: { from, to } });
}

/**
 * The options describe the environments and the first weights of a new route. Later changes are kept: environments that
 * stay keep version and weight, new ones start without traffic. The share of removed environments goes to the active
 * one.
 */
function configured(known: RouteState | undefined, entry: EntryOf<'RouteConfigured'>): RouteState {
  const { route: alias, environments, fallback, weights, active: first, seed, addresses, revision, at } = entry;
  const described = {
    alias,
    environments,
    configured: environments,
    configuredWeights: weights,
    ...(addresses && { addresses }),
    fallback,
    ...begunAt(revision),
  };
  if (!known) {
    return { ...described, settings: {}, weights, active: first, seed, order: freshOrder({ environments, fallback }) };
  }
  const names = Object.keys(environments);
  const active = names.includes(known.active) ? known.active : first;
  const { rollout, standby, ...rest } = known;
  const staysWhole = rollout && [rollout.from, rollout.to].every((name) => names.includes(name));
  const now = Object.fromEntries(names.map((name) => [name, merged(known, name, environments[name]!)]));
  const staysBy = standby !== undefined && standby !== active && sameVersion(now[standby], known.environments[standby]);
  return {
    ...rest,
    ...described,
    environments: now,
    weights: inherited(known.weights, names, active),
    order: [...new Set([...known.order.filter((name) => names.includes(name)), ...names])],
    ...switchedTo(known, active, at),
    ...(staysWhole && { rollout }),
    ...(staysBy && { standby }),
  };
}

/** The environment as it runs now, or as the options describe it if their description has changed. */
function merged(known: RouteState, name: string, described: EnvironmentState): EnvironmentState {
  const before = Object.hasOwn(known.configured, name) ? known.configured[name] : undefined;
  return JSON.stringify(described) === JSON.stringify(before) ? known.environments[name]! : described;
}

/** Evidence restarts here: earlier figures say nothing about the new versions. */
function begunAt(revision: number): Pick<RouteState, 'segment' | 'epoch'> {
  return { segment: revision, epoch: revision };
}

type RouteEntry = Exclude<JournalEntry, { type: 'VersionRegistered' | 'NoteAdded' }>;
