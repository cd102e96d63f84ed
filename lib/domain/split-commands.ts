import type { Command } from './command.js';
import { RolloutStateError } from './errors.js';
import { setTrafficWeights } from './route-commands.js';
import type { RouteState } from './state.js';
import { withShare } from './weights.js';

/** Whether an environment beside the live one has a share. */
export function isSplit(route: RouteState): boolean {
  return triedByHand(route).length > 0;
}

/**
 * Takes all traffic of a split that no rollout walks back to one environment, the live one when none is named. Another
 * one only where it was live before: whoever names an environment that was taken out already must not be given all of
 * the traffic.
 */
export function revertSplit(to?: string): Command {
  return (route) => {
    const target = to ?? route.active;
    const mayTake = !Object.hasOwn(route.environments, target) || target === route.active || target === route.standby;
    return mayTake ? setTrafficWeights({ [target]: 100 }, { reverted: true })(route) : [];
  };
}

/**
 * The environment that people have given a share makes an end of it: what the live one has left is its own, and it is
 * live. `undefined` where nobody is on trial.
 *
 * @throws {RolloutStateError} when several are.
 */
export function promoteSplit(route: RouteState): ReturnType<Command> | undefined {
  const { alias, active, weights } = route;
  const [tried, ...others] = triedByHand(route);
  if (tried === undefined) return undefined;
  if (others.length > 0) {
    throw new RolloutStateError(
      `Beside "${active}" route "${alias}" has several environments with traffic: ${[tried, ...others].join(', ')}.`,
      'Set the weights instead.',
    );
  }
  return [{ type: 'WeightsSet', route: alias, weights: withShare(weights, active, tried, 100), active: tried }];
}

/** Who has a share beside the live environment; of fallbacks only where there is nobody else. */
function triedByHand({ environments, weights, active, fallback }: RouteState): readonly string[] {
  const tried = Object.keys(environments).filter((name) => name !== active && (weights[name] ?? 0) > 0);
  const own = tried.filter((name) => !fallback.includes(name));
  return own.length > 0 ? own : tried;
}
