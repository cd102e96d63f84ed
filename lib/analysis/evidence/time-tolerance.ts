/** Limits beyond which a request of either arm is an event, milliseconds. */
export interface TimeLimits {
  readonly live: number;
  readonly canary: number;
}

/**
 * The limits of a stretch, fixed before it begins from the one before. The gate compares how often each environment
 * passes its own.
 *
 * A tail is thin: with one limit for both, (1 + tolerance) × the live quantile, a canary that is a little slower passes
 * it far more often than the live environment does, yet well within its tolerance. With two, a canary that takes
 * (1 + tolerance) times as long passes its limit exactly as often. That holds wherever the limit lies, so a provider
 * that grows slower within the stretch blames nobody.
 *
 * @param quantile of the live environment's times, milliseconds.
 * @param tolerance how much longer the canary may take: 0.2 is a fifth longer.
 */
export function timeLimits(quantile: number, tolerance: number): TimeLimits {
  return { live: quantile, canary: quantile * (1 + tolerance) };
}
