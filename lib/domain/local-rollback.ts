import { runningRollout, type RouteState } from './state.js';

/**
 * A canary that one process has taken out of its own traffic, because it failed while nothing could be recorded. Holds
 * until the journal has the rollback, or the route has moved on.
 */
export interface LocalRollback {
  readonly route: string;
  /** The environment without traffic. */
  readonly environment: string;
  /** The environment that has its share. */
  readonly heir: string;
  /** The evidence that led to it began at this revision. */
  readonly epoch: number;
  /** One sentence for people. */
  readonly reason: string;
}

/** The rollback of what is on trial: the canary of a rollout, or an environment of a split by hand. */
export function localRollback(route: RouteState, environment: string, reason: string): LocalRollback {
  const heir = runningRollout(route)?.from ?? route.active;
  return { route: route.alias, environment, heir, epoch: route.epoch, reason };
}

/** Whether it still has something to say: a rollout that has ended, or evidence that started again, is past it. */
export function isOpen(rollback: LocalRollback, route: RouteState | undefined): boolean {
  if (!route || route.epoch !== rollback.epoch || !Object.hasOwn(route.environments, rollback.heir)) return false;
  const rollout = runningRollout(route);
  if (rollout) return rollout.to === rollback.environment && rollout.phase.name !== 'Aborting';
  return route.active === rollback.heir && (route.weights[rollback.environment] ?? 0) > 0;
}
