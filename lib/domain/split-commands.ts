import type { Command } from './command.js';
import { RolloutStateError } from './errors.js';
import type { RouteState } from './state.js';
import { withShare } from './weights.js';

/**
 * The environment that was given a share by hand takes over the live environment's traffic, and becomes the live one.
 * `undefined` when no environment is on trial.
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

/** Environments with a share beside the live one. Fallbacks count only if there is no other. */
function triedByHand({ environments, weights, active, fallback }: RouteState): readonly string[] {
  const tried = Object.keys(environments).filter((name) => name !== active && (weights[name] ?? 0) > 0);
  const own = tried.filter((name) => !fallback.includes(name));
  return own.length > 0 ? own : tried;
}
