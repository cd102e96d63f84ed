import { usage } from './cli-error.js';
import type { RouteView } from './route-view.js';

/**
 * Where a split goes that was set by hand; `undefined` where a rollout knows. The name may be that of the environment to take
 * out or of the one to return to; for a rollout the two are the same thing.
 *
 * @throws {CliError} when the name is neither.
 */
export function returnTo(view: RouteView, named: string | undefined): string | undefined {
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
    return undefined;
  }
  if (named === undefined && rollout) return undefined;
  // Set by hand: an idle environment is meant as the one to return to, if it was live; the server knows.
  return named !== undefined && (weights[named] ?? 0) === 0 ? named : active;
}
