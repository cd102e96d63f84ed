/**
 * Money is counted in whole nano-dollars, so that sums are exact: a token costs down to a few dozen of them. A safe
 * integer holds nine million dollars.
 */
const NANO = 1_000_000_000;

/** The largest budget, US dollars: twice as much can still be counted exactly. */
export const MAX_DOLLARS = 4_000_000;

/** What is set aside is rounded up, so that it never falls short of what is booked. */
export function nanoCeil(usd: number): number {
  return capped(Math.ceil(steady(usd * NANO)));
}

export function nano(usd: number): number {
  return capped(Math.round(usd * NANO));
}

export function dollars(nanos: number): number {
  return nanos / NANO;
}

/** `0.0002 * 1e9` may come out a hair above 200,000, which is not a nano-dollar more. */
function steady(nanos: number): number {
  const whole = Math.round(nanos);
  return Math.abs(nanos - whole) < 1e-3 ? whole : nanos;
}

/** Sums stay safe integers, whatever one call claims to cost. */
function capped(nanos: number): number {
  return Math.min(nanos, MAX_DOLLARS * NANO);
}
