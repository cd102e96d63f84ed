import type { Weights } from '../domain/weights.js';
import { usage } from './cli-error.js';
import type { RouteView } from './route-view.js';

/** How the traffic is taken back: by ending the rollout, or, where weights were set by hand, by setting them. */
export type RollbackPlan = { readonly by: 'command' } | { readonly by: 'weights'; readonly weights: Weights };

/**
 * What a rollback means here. The name may be that of the environment to take out or of the one to return to; for a
 * rollout the two are the same thing.
 *
 * @throws {CliError} when the name is neither.
 */
export function rollbackPlan(view: RouteView, named: string | undefined): RollbackPlan {
  const { active, weights, environments, rollout } = view;
  const names = environments.map(({ name }) => name);
  if (named !== undefined && !names.includes(named)) {
    throw usage(`Route "${view.route}" has no environment "${named}".`, `Use one of: ${names.join(', ')}.`);
  }
  if (rollout && rollout.phase !== 'RolledBack') {
    if (named !== undefined && named !== rollout.from && named !== rollout.to) {
      throw usage(
        `The rollout goes from ${rollout.from} to ${rollout.to}; "${named}" has no part in it.`,
        `Leave --environment out, or use traffic-shift --${named} 100.`,
      );
    }
    return { by: 'command' };
  }
  if (named === undefined && rollout) return { by: 'command' };
  // Set by hand: an idle environment can only be meant as the one to return to.
  const target = named !== undefined && (weights[named] ?? 0) === 0 ? named : active;
  return { by: 'weights', weights: Object.fromEntries(names.map((name) => [name, name === target ? 100 : 0])) };
}
