/**
 * Money is counted in whole nano-dollars, so that sums are exact: the cheapest tokens cost a few dozen of them. A safe
 * integer covers nine million dollars.
 */
const NANO = 1_000_000_000;

/** The largest budget, US dollars. Twice as much can still be counted exactly. */
export const MAX_DOLLARS = 4_000_000;

/** Reservations are rounded up, so that they never fall short of the cost. */
export function nanoCeil(usd: number): number {
  return capped(Math.ceil(steady(usd * NANO)));
}

export function nano(usd: number): number {
  return capped(Math.round(usd * NANO));
}

export function dollars(nanos: number): number {
  return nanos / NANO;
}

/** `0.0002 * 1e9` may come out slightly above 200,000: that must not add a nano-dollar. */
function steady(nanos: number): number {
  const whole = Math.round(nanos);
  return Math.abs(nanos - whole) < 1e-3 ? whole : nanos;
}

/** Keeps sums safe integers, whatever one call claims to cost. */
function capped(nanos: number): number {
  return Math.min(nanos, MAX_DOLLARS * NANO);
}
