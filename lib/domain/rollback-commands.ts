import { assertEnvironment, type Command } from './command.js';
import { RolloutStateError, UnknownEnvironmentError } from './errors.js';
import type { BlueGreenEvent } from './events.js';
import { isOpen, localRollback } from './local-rollback.js';
import { runningRollout, type Rollout, type RouteState } from './state.js';
import { sameWeights, weightOf, withShare, type Weights } from './weights.js';

/**
 * The environment that a rollback would return the traffic to; `undefined` when it would change nothing. Where a
 * rollout came from that runs, or succeeded just now; else the live environment, while another one has traffic; else
 * the one that stands by.
 */
export function rollbackTarget(route: RouteState): string | undefined {
  const rollout = openRollout(route);
  if (rollout) return rollout.from;
  if (route.rollout?.phase.name === 'RolledBack' && isUntouched(route)) return undefined;
  return onTrial(route).length > 0 ? route.active : route.standby;
}

/** The rollout that a rollback ends: it runs, or nobody has moved traffic since its success. */
function openRollout(route: RouteState): Rollout | undefined {
  const { rollout, active } = route;
  const isFresh = rollout?.phase.name === 'Succeeded' && active === rollout.to && isUntouched(route);
  return isFresh ? rollout : runningRollout(route);
}

/** Whether nobody has moved traffic since the newest rollout did. */
function isUntouched({ rollout, segment }: RouteState): boolean {
  return segment === rollout?.segments.at(-1)?.revision;
}

/** The environments beside the live one with traffic, beyond what the configuration gives to a fallback. */
export function onTrial(route: RouteState): readonly string[] {
  return Object.keys(route.environments).filter(
    (name) => name !== route.active && weightOf(route.weights, name) > keptBy(route, name),
  );
}

/**
 * Returns the traffic at once. Works in every state, after everything that moves traffic. A second one in a row does
 * nothing.
 */
export const rollbackRoute: Command = (route) => {
  const rollout = openRollout(route);
  // The two of them alone: a third environment keeps its share.
  if (rollout) return rolledBack(route, rollout.from, withShare(route.weights, rollout.from, rollout.to, 0));
  const target = rollbackTarget(route);
  return target === undefined ? [] : returnedTo(route, target);
};

/** The same, towards one environment: the live one or the one that stands by. Does nothing for any other. */
export function rollbackTo(target: string): Command {
  return (route) => {
    assertEnvironment(route, target);
    if (runningRollout(route)) {
      throw new RolloutStateError(
        `A rollout is running on route "${route.alias}": it goes back to where it came from.`,
        'Roll back without naming a target.',
      );
    }
    const isKnown = target === route.standby || (target === route.active && onTrial(route).length > 0);
    return isKnown ? returnedTo(route, target) : [];
  };
}

/**
 * The same, and conversations that only the environment left can continue end. After a rollback that let them go on,
 * this alone is what changes.
 *
 * @param named the environment that the command takes out, if it names one.
 */
export function refusingBound(command: Command, named?: string): Command {
  return (route) => {
    const events = command(route).map((event) =>
      event.type === 'WeightsSet' || event.type === 'RolloutAborted' ? { ...event, bound: 'refuse' as const } : event,
    );
    const left = leftBehind(route);
    const isLate = events.length === 0 && left !== undefined && !route.refusesBound && (named ?? left) === left;
    if (!isLate) return events;
    const { alias, weights, active } = route;
    return [{ type: 'WeightsSet', route: alias, weights, active, reverted: true, bound: 'refuse' }];
  };
}

/** The environment that the last rollback took all traffic from. */
export function leftBehind({ rollout, left }: RouteState): string | undefined {
  return rollout?.phase.name === 'Aborting' || rollout?.phase.name === 'RolledBack' ? rollout.to : left;
}

/** The same command, late: it does nothing once the route has moved on. */
export function whenOpen(due: { route: RouteState; environment: string; command: Command }): Command {
  const rollback = localRollback(due.route, due.environment, '');
  return (route) => (isOpen(rollback, route) ? due.command(route) : []);
}

/**
 * Takes one environment out: the live one gives its traffic to the one that stands by, any other to the live one. An
 * environment without traffic stays as it is. To name the live one while nothing stands by is a rollback of the route.
 */
function takeOut(name: string): Command {
  return (route) => {
    const { active, standby, weights, alias } = route;
    const rollout = runningRollout(route);
    if (name === active || name === rollout?.to) {
      return rollout || standby === undefined ? rollbackRoute(route) : returnedTo(route, standby);
    }
    if (weightOf(weights, name) === 0) return [];
    if (rollout) {
      throw new RolloutStateError(
        `The rollout of route "${alias}" goes from "${rollout.from}" to "${rollout.to}"; "${name}" has no part in it.`,
        'Roll back the route first, without naming an environment.',
      );
    }
    return rolledBack(route, active, withShare(weights, active, name, 0));
  };
}

/**
 * Takes out what has this name: an environment, by its slot or by its display name, or the whole deployment.
 *
 * @throws {UnknownEnvironmentError}
 */
export function rollbackNamed(name: string, deployment: string): Command {
  return (route) => {
    const { environments, alias } = route;
    if (Object.hasOwn(environments, name)) return takeOut(name)(route);
    if (name === deployment) return rollbackRoute(route);
    const shown = Object.entries(environments).filter(([, { displayName }]) => displayName === name);
    if (shown.length === 1) return takeOut(shown[0]![0])(route);
    const known = Object.entries(environments).flatMap(([slot, { displayName }]) => [slot, displayName]);
    throw new UnknownEnvironmentError(alias, name, [...new Set([...known, deployment])]);
  };
}

function returnedTo(route: RouteState, target: string): readonly BlueGreenEvent[] {
  const left = runningRollout(route)?.to ?? (target === route.active ? undefined : route.active);
  return rolledBack(route, target, allTo(route, target, left));
}

/** With these weights and this live environment, as the end of the newest rollout where it is that. */
function rolledBack(route: RouteState, active: string, weights: Weights): readonly BlueGreenEvent[] {
  const { alias, rollout } = route;
  if (!rollout || !isItsEnd(route, rollout, active, weights)) {
    return [{ type: 'WeightsSet', route: alias, weights, active, reverted: true }];
  }
  if (rollout.phase.name === 'Aborting' && sameWeights(weights, route.weights)) return [];
  return [{ type: 'RolloutAborted', route: alias, rolloutId: rollout.id, weights }];
}

/** Whether the rollout ends by this: it runs, or its success is taken back. */
function isItsEnd(route: RouteState, { phase, from, to }: Rollout, active: string, weights: Weights): boolean {
  if (runningRollout(route)) return true;
  const takesItBack = weightOf(route.weights, to) > 0 && weightOf(weights, to) === 0;
  return phase.name === 'Succeeded' && from === active && takesItBack;
}

/** Everything for `heir` but what fallbacks keep. `left` keeps nothing, whatever it is. */
function allTo(route: RouteState, heir: string, left: string | undefined): Weights {
  const names = Object.keys(route.environments);
  const kept = (name: string): number => (name === left ? 0 : keptBy(route, name));
  const others = names.filter((name) => name !== heir).reduce((sum, name) => sum + kept(name), 0);
  return Object.fromEntries(names.map((name) => [name, name === heir ? Math.max(0, 100 - others) : kept(name)]));
}

/**
 * The share that a rollback leaves to an environment that is not live: a fallback has the share that was configured for
 * it.
 */
function keptBy({ fallback, weights, configuredWeights = {} }: RouteState, name: string): number {
  return fallback.includes(name) ? Math.min(weightOf(weights, name), weightOf(configuredWeights, name)) : 0;
}
