import type { StatusAnswer } from '../http/control/answers/status.js';
import { usage } from './cli-error.js';
import { hasEnded } from './rollout-words.js';

/** How the traffic is rolled back, or why there is nothing to roll back. */
export type RollbackPlan =
  /** `to`: the target for a split that was set by hand; `undefined` where the rollout knows it. */
  { readonly by: 'command'; readonly to: string | undefined } | { readonly by: 'nothing'; readonly because: string };

/**
 * The meaning of a rollback in this state. The name is that of the environment to take out; the name of the one that
 * a rollback returns to means the same. An environment that a rollout has left without traffic gets none by being
 * named: a second rollback of it, or one just after a gate has reverted it, changes nothing.
 *
 * @throws {CliError} when there is no such environment, or it has no part in the running rollout.
 */
export function rollbackPlan(status: StatusAnswer, named: string | undefined): RollbackPlan {
  const { route, active, weights, environments, rollout } = status;
  const names = Object.keys(environments);
  if (named !== undefined && !names.includes(named)) {
    throw usage(`Route "${route}" has no environment "${named}".`, `Use one of: ${names.join(', ')}.`);
  }
  if (rollout && !hasEnded(rollout)) {
    if (named === undefined || named === rollout.from || named === rollout.to) return { by: 'command', to: undefined };
    throw usage(
      `The rollout goes from ${rollout.from} to ${rollout.to}; "${named}" has no part in it.`,
      `Leave --environment out, or use traffic-shift --${named} 100.`,
    );
  }
  const shareOf = (name: string): number => weights[name] ?? 0;
  if (named !== undefined && shareOf(named) === 0) {
    // Without a rollout it may be the environment that was live before: the server knows.
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
