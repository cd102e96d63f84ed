import type { RouteState } from './state.js';

/** The order in which a hash walks the environments, for a seed that nobody has been placed by yet. */
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
 * The same order, in which what `to` gains comes from `from` alone: `from` moves beside it, on the side where it is.
 * Whoever is on `to` stays there.
 */
export function sideBySide(order: readonly string[], from: string, to: string): readonly string[] {
  const others = order.filter((name) => name !== from);
  const place = others.indexOf(to) + (order.indexOf(from) < order.indexOf(to) ? 0 : 1);
  return others.toSpliced(place, 0, from);
}
