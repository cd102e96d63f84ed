import { RolloutStateError, UnknownEnvironmentError } from './errors.js';
import type { BlueGreenEvent } from './events.js';
import { runningRollout, type Rollout, type RouteState } from './state.js';

/**
 * A change to a route: a function from its state to the events that follow. No events means that there is nothing
 * to do.
 */
export type Command = (route: RouteState) => readonly BlueGreenEvent[];

/** @throws {UnknownEnvironmentError} */
export function assertEnvironment(route: RouteState, name: string): void {
  if (!Object.hasOwn(route.environments, name)) {
    throw new UnknownEnvironmentError(route.alias, name, Object.keys(route.environments));
  }
}

/** @throws {RolloutStateError} */
export function assertNoRollout(route: RouteState): void {
  if (runningRollout(route)) {
    throw new RolloutStateError(
      `A rollout is running on route "${route.alias}".`,
      'Promote it or roll it back first; while it runs, its schedule sets the weights.',
    );
  }
}

/** @throws {RolloutStateError} when none is running. */
export function requireRunning(route: RouteState, verb: string): Rollout {
  const rollout = runningRollout(route);
  if (!rollout) {
    throw new RolloutStateError(
      `There is no running rollout to ${verb} on route "${route.alias}".`,
      'Start one first.',
    );
  }
  return rollout;
}

/** @throws {RolloutStateError} when none is running, or it is being rolled back. */
export function requireWalking(route: RouteState, verb: string): Rollout {
  const rollout = requireRunning(route, verb);
  if (rollout.phase.name === 'Aborting') {
    throw new RolloutStateError(
      `The rollout on "${route.alias}" is being rolled back.`,
      'Start a new rollout once it has ended.',
    );
  }
  return rollout;
}
