import { assertEnvironment, type Command } from './command.js';
import { InvalidWeightsError, RolloutStateError } from './errors.js';
import { rollbackRoute } from './rollback-commands.js';
import { inTurn } from './in-turn.js';
import { setTrafficWeights } from './route-commands.js';
import { runningRollout, type RouteState } from './state.js';
import { assignVersions, type Spelling } from './version-commands.js';
import type { VersionTemplate } from './version.js';
import { walkTo, type Walk } from './walk-commands.js';
import { assertWeights, weightOf } from './weights.js';

/** A version, or a slot by its name, and its share of the traffic in percent. */
export interface TrafficRule {
  readonly environment?: string | undefined;
  readonly version: VersionTemplate;
  readonly weight: number;
}

/**
 * Splits the traffic by versions and environments. A version stays in the slot that holds it; a version without a slot
 * gets one that the rules do not need. While a rollout runs, its schedule sets the weights. Giving all traffic to the
 * slot that it came from is its rollback.
 *
 * @throws {InvalidWeightsError} when they do not sum to 100, or two are for one slot.
 * @throws {UnknownEnvironmentError}
 * @throws {RolloutStateError} when there are more versions than slots, or a rollout is running.
 */
export function splitTraffic(rules: readonly TrafficRule[], spelled?: Spelling): Command {
  return (route) => {
    const { weights, versions } = placed(route, rules);
    const rollout = runningRollout(route);
    if (rollout && weights[rollout.from] === 100) return rollbackRoute(route);
    return [...assignVersions(versions, spelled)(route), ...setTrafficWeights(weights)(route)];
  };
}

/**
 * The same as the target of a walk. Throws what `splitTraffic()` throws, but for a running rollout, which gets the new
 * target.
 */
export function walkTraffic(rules: readonly TrafficRule[], walk: Walk, spelled?: Spelling): Command {
  return (route) => {
    const { weights, versions } = placed(route, rules);
    return inTurn(assignVersions(versions, spelled), walkTo(weights, walk))(route);
  };
}

/** Weights by slot, and the versions that need a slot. */
function placed(route: RouteState, rules: readonly TrafficRule[]) {
  const { slots, homeless } = slotsOf(route, rules);
  const assigned = homesFor(route, homeless, slots);
  const weights = Object.fromEntries([...slots, ...assigned].map(([name, { weight }]) => [name, weight]));
  assertWeights(weights);
  return { weights, versions: Object.fromEntries([...assigned].map(([name, { version }]) => [name, version])) };
}

/** The slots that the rules mean, by name or by version, and the rules whose version no slot holds. */
function slotsOf(route: RouteState, rules: readonly TrafficRule[]) {
  const slots = new Map<string, TrafficRule>();
  const homeless: TrafficRule[] = [];
  const put = (name: string, rule: TrafficRule): void => {
    const other = slots.get(name);
    if (other) throw twice(route, name, [other, rule], rules);
    slots.set(name, rule);
  };
  for (const rule of rules) {
    if (rule.environment === undefined) continue;
    assertEnvironment(route, rule.environment);
    put(rule.environment, rule);
  }
  for (const rule of rules.filter(({ environment }) => environment === undefined)) {
    // If several slots hold the version, the live one is meant, then the heaviest.
    const [heaviest, ...others] = Object.keys(route.environments)
      .filter((name) => route.environments[name]!.version.tag === rule.version.tag)
      .toSorted((a, b) => standing(route, b) - standing(route, a));
    if (heaviest === undefined) homeless.push(rule);
    else put([heaviest, ...others].find((name) => !slots.has(name)) ?? heaviest, rule);
  }
  return { slots, homeless };
}

function homesFor(
  route: RouteState,
  homeless: readonly TrafficRule[],
  slots: ReadonlyMap<string, TrafficRule>,
): Map<string, TrafficRule> {
  const free = Object.keys(route.environments)
    .filter((name) => !slots.has(name) && !route.fallback.includes(name))
    .toSorted((a, b) => standing(route, a) - standing(route, b));
  if (homeless.length > free.length) throw tooMany(route, slots.size + homeless.length);
  // The lightest version gets the slot with the least traffic. The live slot is given away last, to the heaviest.
  const lightestFirst = homeless.toSorted((a, b) => a.weight - b.weight);
  return new Map(lightestFirst.map((rule, index) => [free[index]!, rule]));
}

function standing(route: RouteState, environment: string): number {
  return weightOf(route.weights, environment) + (environment === route.active ? 100 : 0);
}

function tooMany(route: RouteState, versions: number): RolloutStateError {
  const names = Object.keys(route.environments).filter((name) => !route.fallback.includes(name));
  return new RolloutStateError(
    `Route "${route.alias}" has ${names.length} slots (${names.join(', ')}) for ${versions} versions.`,
    'Configure another environment, or split between fewer versions.',
  );
}

function twice(
  route: RouteState,
  name: string,
  both: readonly TrafficRule[],
  rules: readonly TrafficRule[],
): InvalidWeightsError {
  const called = both.map(({ environment, version }) => `"${environment ?? version.tag}"`).join(' and ');
  const sum = rules.reduce((all, { weight }) => all + weight, 0);
  return new InvalidWeightsError(
    `${called} are one slot of route "${route.alias}", "${name}": it cannot have two weights.`,
    sum,
    'Name each slot once: by its environment, or by the tag of its version.',
  );
}
