import type { Command } from './command.js';
import { RolloutStateError } from './errors.js';
import { rollbackRollout } from './rollout-commands.js';
import { setTrafficWeights } from './route-commands.js';
import { runningRollout, type RouteState } from './state.js';
import { assignVersions, type Spelling } from './version-commands.js';
import type { VersionTemplate } from './version.js';
import { assertWeights } from './weights.js';

/** A version and its share of the traffic, in percent. */
export interface TrafficRule {
  readonly version: VersionTemplate;
  readonly weight: number;
}

/**
 * Splits the traffic by versions instead of environments. A version stays in the slot that holds it; one that has none
 * gets a slot that the rules do not need. While a rollout runs its schedule sets the weights; all traffic for the version
 * that it came from is its rollback.
 *
 * @throws {InvalidWeightsError} when they do not sum to 100.
 * @throws {RolloutStateError} when there are more versions than slots, or a rollout is running.
 */
export function splitTraffic(rules: readonly TrafficRule[], spelled?: Spelling): Command {
  return (route) => {
    assertWeights(Object.fromEntries(rules.map(({ version, weight }) => [version.tag, weight])));
    const slots = slotsFor(route, rules);
    const weights = Object.fromEntries([...slots].map(([{ weight }, environment]) => [environment, weight]));
    const rollout = runningRollout(route);
    if (rollout && weights[rollout.from] === 100) return rollbackRollout(route);
    const versions = Object.fromEntries([...slots].map(([{ version }, environment]) => [environment, version]));
    return [...assignVersions(versions, spelled)(route), ...setTrafficWeights(weights)(route)];
  };
}

function slotsFor(route: RouteState, rules: readonly TrafficRule[]): Map<TrafficRule, string> {
  const slots = new Map<TrafficRule, string>();
  for (const rule of rules) {
    const holder = Object.entries(route.environments).find(([, { version }]) => version.tag === rule.version.tag);
    if (holder) slots.set(rule, holder[0]);
  }
  const taken = new Set(slots.values());
  const free = Object.keys(route.environments)
    .filter((name) => !taken.has(name) && !route.fallback.includes(name))
    .toSorted((a, b) => standing(route, a) - standing(route, b));
  // The lightest goes where least happens now; the live slot is the last to be given away, to the heaviest.
  const homeless = rules.filter((rule) => !slots.has(rule)).toSorted((a, b) => a.weight - b.weight);
  if (homeless.length > free.length) throw new RolloutStateError(...tooMany(route, rules));
  homeless.forEach((rule, index) => slots.set(rule, free[index]!));
  return slots;
}

function standing(route: RouteState, environment: string): number {
  return (route.weights[environment] ?? 0) + (environment === route.active ? 100 : 0);
}

function tooMany(route: RouteState, rules: readonly TrafficRule[]): [string, string] {
  const names = Object.keys(route.environments).filter((name) => !route.fallback.includes(name));
  return [
    `Route "${route.alias}" has ${names.length} slots (${names.join(', ')}) for ${rules.length} versions.`,
    'Configure another environment, or split between fewer versions.',
  ];
}
