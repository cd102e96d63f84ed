import { assertEnvironment, assertNoRollout, type Command } from './command.js';
import { RolloutStateError } from './errors.js';
import type { BlueGreenEvent } from './events.js';
import { earlierVerdict } from './reverted-versions.js';
import type { RouteSettings } from './route-settings.js';
import { runningRollout, type Addresses, type RouteState } from './state.js';
import { begunAnew } from './version-commands.js';
import { assertWeights, sameWeights, weightOf, withShare, type Weights } from './weights.js';

/** A route as the configuration describes it. */
export type RouteDefinition = Pick<
  RouteState,
  'alias' | 'environments' | 'weights' | 'active' | 'fallback' | 'addresses'
>;

/**
 * Brings a route in line with its configuration. Without a change it keeps its weights and its rollout. A change ends a
 * running rollout where it began; the other weights stay. Another address or key alone lets it begin again.
 */
export function configureRoute(definition: RouteDefinition, known: RouteState | undefined): readonly BlueGreenEvent[] {
  const { alias: route, environments, weights, active, fallback, addresses } = definition;
  const same =
    known !== undefined &&
    JSON.stringify([known.configured, known.fallback]) === JSON.stringify([environments, fallback]);
  if (same) return changedAddresses(known, addresses);
  return [
    ...(known ? endedRollout(known, { byOptions: true }) : []),
    {
      type: 'RouteConfigured',
      route,
      environments,
      weights,
      active,
      fallback,
      seed: route,
      ...(addresses && { addresses }),
    },
  ];
}

function changedAddresses(route: RouteState, now: Addresses | undefined): readonly BlueGreenEvent[] {
  const { alias, addresses: before = {}, environments } = route;
  const names = Object.keys(now ?? {}).filter((name) => now![name] !== before[name]);
  if (names.length === 0) return [];
  const others = new Set(names.filter((name) => Object.hasOwn(before, name)).map((name) => `${alias}/${name}`));
  const changed = Object.keys(environments).filter((name) => others.has(environments[name]!.version.upstream));
  const compared = runningRollout(route);
  const matters = compared ? changed.filter((name) => name === compared.from || name === compared.to) : changed;
  return [{ type: 'AddressesChanged', route: alias, addresses: now!, changed: matters }, ...begunAnew(route, matters)];
}

/**
 * Returns a route to the configuration that it had: versions, weights and settings.
 *
 * @param past the route as it was at revision `toRevision`.
 * @throws {RolloutStateError} when it had other environments then.
 */
export function restoreRoute(past: RouteState, toRevision: number): Command {
  return (route) => {
    const { environments, weights, active, settings } = past;
    const [then, now] = [environments, route.environments].map((all) => Object.keys(all).toSorted().join(', '));
    if (then !== now) {
      throw new RolloutStateError(
        `Route "${route.alias}" had other environments at revision ${toRevision}: ${then}.`,
        `Its options declare ${now}: assign the versions of that time to these.`,
      );
    }
    const restored = { toRevision, environments, weights, active, settings };
    return [...endedRollout(route), { type: 'RouteRestored', route: route.alias, ...restored }];
  };
}

/** Changes the given settings, over those of the options. */
export function changeSettings(settings: RouteSettings): Command {
  return (route) => {
    const next = { ...route.settings, ...settings };
    if (JSON.stringify(next) === JSON.stringify(route.settings)) return [];
    return [{ type: 'RouteSettingsChanged', route: route.alias, settings: next }];
  };
}

function endedRollout(route: RouteState, cause?: { readonly byOptions: true }): BlueGreenEvent[] {
  const rollout = runningRollout(route);
  if (!rollout) return [];
  const ids = { route: route.alias, rolloutId: rollout.id };
  const weights = withShare(route.weights, rollout.from, rollout.to, 0);
  return [
    { type: 'RolloutAborted', ...ids, weights, ...cause },
    { type: 'RolledBack', ...ids },
  ];
}

/** @throws {InvalidWeightsError} {@link UnknownEnvironmentError} {@link RolloutStateError} */
export function setTrafficWeights(weights: Weights): Command {
  return (route) => {
    assertWeights(weights);
    for (const name of Object.keys(weights)) assertEnvironment(route, name);
    assertNoRollout(route);
    const complete: Weights = Object.fromEntries(
      Object.keys(route.environments).map((name) => [name, weightOf(weights, name)]),
    );
    if (sameWeights(complete, route.weights)) return [];
    const gains = (name: string): boolean => weightOf(route.weights, name) === 0 && weightOf(complete, name) > 0;
    const [earlier] = Object.keys(complete).flatMap((name) => (gains(name) ? (earlierVerdict(route, name) ?? []) : []));
    const active = liveUnder(route, complete);
    return [{ type: 'WeightsSet', route: route.alias, weights: complete, active, ...(earlier && { earlier }) }];
  };
}

/** Moves `increment` percentage points from the other environments to `target`, the active one giving first. */
export function shiftTraffic(target: string, increment: number): Command {
  return (route) => {
    assertEnvironment(route, target);
    if (!(increment > 0 && increment <= 100)) {
      throw new RolloutStateError(
        `Traffic cannot be shifted by ${increment}.`,
        'Shift by more than 0 and at most 100 percentage points.',
      );
    }
    const others = Object.keys(route.environments).filter((name) => name !== target);
    const givers = others.toSorted((a, b) => Number(b === route.active) - Number(a === route.active));
    let weights = route.weights;
    let missing = increment;
    for (const giver of givers) {
      const given = Math.min(missing, weightOf(weights, giver));
      weights = withShare(weights, giver, target, weightOf(weights, target) + given);
      missing -= given;
    }
    return setTrafficWeights(weights)(route);
  };
}

/** The active environment stays active as long as it has traffic. Else the heaviest one becomes active. */
function liveUnder(route: RouteState, weights: Weights): string {
  if (weightOf(weights, route.active) > 0) return route.active;
  return Object.keys(weights).reduce((heaviest, name) =>
    weightOf(weights, name) > weightOf(weights, heaviest) ? name : heaviest,
  );
}
