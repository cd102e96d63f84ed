import type { Weights } from '../domain/weights.js';
import { usage } from './cli-error.js';
import type { RouteView } from './route-view.js';

/** How the traffic is taken back: by the rollout, where weights were set by hand by setting them, or not at all. */
export type RollbackPlan =
  | { readonly by: 'command' }
  | { readonly by: 'weights'; readonly weights: Weights }
  /** There is nothing to take back. */
  | { readonly by: 'nothing'; readonly because: string };

/**
 * What a rollback means here. The name is that of the environment to take out; to name the one that a rollback returns to
 * anyway says the same. Nothing that is without traffic is given any by being named: whoever names an environment twice, or
 * a moment after a gate has reverted it, has it out.
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
    if (named === undefined || named === rollout.from || named === rollout.to) return { by: 'command' };
    throw usage(
      `The rollout goes from ${rollout.from} to ${rollout.to}; "${named}" has no part in it.`,
      `Leave --environment out, or use traffic-shift --${named} 100.`,
    );
  }
  const shareOf = (name: string): number => weights[name] ?? 0;
  if (named !== undefined && shareOf(named) === 0) {
    return {
      by: 'nothing',
      because: `"${named}" has no traffic. To give it some: blue-green traffic-shift --${named} 100`,
    };
  }
  if (rollout && shareOf(rollout.to) > 0 && (named === undefined || named === rollout.to)) return { by: 'command' };
  const out = names.filter((name) => {
    return name !== active && shareOf(name) > 0 && (named === undefined || named === active || named === name);
  });
  if (out.length === 0) return { by: 'nothing', because: `all of the traffic is on "${active}"` };
  const back = out.reduce((sum, name) => sum + shareOf(name), shareOf(active));
  const share = (name: string): number => (name === active ? back : out.includes(name) ? 0 : shareOf(name));
  return { by: 'weights', weights: Object.fromEntries(names.map((name) => [name, share(name)])) };
}
