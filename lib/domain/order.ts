import type { RouteState } from './state.js';

/** The order in which a hash walks the environments, for a new seed. */
export function freshOrder({
  environments,
  fallback,
  rollout,
}: Pick<RouteState, 'environments' | 'fallback'> & {
  readonly rollout?: Pick<NonNullable<RouteState['rollout']>, 'from' | 'to'>;
}): readonly string[] {
  const names = Object.keys(environments);
  const first = rollout ? [rollout.to, rollout.from] : names.filter((name) => !fallback.includes(name)).toReversed();
  return [...new Set([...first, ...names])];
}

/**
 * Moves `from` next to `to`, on its side of it. Then `to` gains users from `from` alone, and its own users stay.
 */
export function sideBySide(order: readonly string[], from: string, to: string): readonly string[] {
  const others = order.filter((name) => name !== from);
  const place = others.indexOf(to) + (order.indexOf(from) < order.indexOf(to) ? 0 : 1);
  return others.toSpliced(place, 0, from);
}
