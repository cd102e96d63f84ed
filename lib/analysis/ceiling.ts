import { logFailureEvidence } from './failure-evidence.js';

/**
 * Evidence that failures are more frequent than a fixed ceiling, as the logarithm of an e-value; no baseline is needed.
 * Valid at every moment it is looked at: while each unit fails with a chance of at most `ceiling`, it reaches
 * `ln(1/alpha)`, ever, with a probability of at most `alpha`. It is also reached when the provider is down for
 * everybody.
 *
 * The same mixture as in {@link logFailureEvidence}: "which of the two was it, a failure or not" instead of "which arm
 * was it from". The odds of a failure are a grid of multiples of those at the ceiling, so that every alternative is a
 * probability.
 *
 * @param failures units that failed.
 * @param total units with a verdict, failed ones included.
 * @param ceiling greatest failure rate that is tolerated, in [0, 1]. At 0 one failure is proof, at 1 nothing is.
 * @returns a natural logarithm; 0 without units.
 * @example
 * ```ts
 * const over = logCeilingEvidence(12, 80, 0.05) >= Math.log(1 / 0.01); // false: 4.1 of the 4.6 that are needed
 * ```
 */
export function logCeilingEvidence(failures: number, total: number, ceiling: number): number {
  if (ceiling <= 0) return failures > 0 ? Infinity : 0;
  return logFailureEvidence([{ share: ceiling, canary: failures, baseline: total - failures }], 1);
}
