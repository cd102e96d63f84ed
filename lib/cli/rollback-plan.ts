import { usage } from './cli-error.js';
import type { RouteView } from './route-view.js';

/** How the traffic is taken back, or why there is nothing to take. */
export type RollbackPlan =
  /** `to`: where a split goes that was set by hand; `undefined` where a rollout knows. */
  { readonly by: 'command'; readonly to: string | undefined } | { readonly by: 'nothing'; readonly because: string };

/**
 * What a rollback means here. The name is that of the environment to take out; to name the one that a rollback returns to
 * anyway says the same. What a rollout has left without traffic is given none by being named: whoever names an environment
 * twice, or a moment after a gate has reverted it, has it out.
 *
 * @throws {CliError} when the name is no environment, or has no part in the rollout that is running.
 */
export function rollbackPlan(view: RouteView, named: string | undefined): RollbackPlan {
  const { active, weights, environments, rollout } = view;
  const names = environments.map(({ name }) => name);
  if (named !== undefined && !names.includes(named)) {
    throw usage(`Route "${view.route}" has no environment "${named}".`, `Use one of: ${names.join(', ')}.`);
  }
  if (rollout && !rollout.ended) {
    if (named === undefined || named === rollout.from || named === rollout.to) return { by: 'command', to: undefined };
    throw usage(
      `The rollout goes from ${rollout.from} to ${rollout.to}; "${named}" has no part in it.`,
      `Leave --environment out, or use traffic-shift --${named} 100.`,
    );
  }
  const shareOf = (name: string): number => weights[name] ?? 0;
  if (named !== undefined && shareOf(named) === 0) {
    // Without a rollout that has taken it out it may be the one that was live before: the server knows.
    if (!rollout) return { by: 'command', to: named };
    return {
      by: 'nothing',
      because: `"${named}" has no traffic. To give it some: blue-green traffic-shift --${named} 100`,
    };
  }
  if (rollout && shareOf(rollout.to) > 0 && (named === undefined || named === rollout.to)) {
    return { by: 'command', to: undefined };
  }
  const isSplit = names.some((name) => name !== active && shareOf(name) > 0);
  return isSplit ? { by: 'command', to: active } : { by: 'nothing', because: `all of the traffic is on "${active}"` };
}
