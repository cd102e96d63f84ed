import type { SegmentFailures } from '../failure-evidence.js';
import { ALTERNATIVES, LOG_MULTIPLES, penaltiesAt } from './multiples.js';
import { StartSums, type StartsEvidence } from './start-mixture.js';

/**
 * Units that failed, by where the evidence stood at their previous failure and at this one. Counts of replicas add
 * up.
 */
export interface ClaimCounts {
  /** Latest starting point when these units failed before; −1: they never had. */
  readonly previous: number;
  /** Latest starting point when they failed now. */
  readonly start: number;
  /** Share of the canary among the units that might fail, in [0, 1]. At 0 and 1 there is nothing to compare with. */
  readonly share: number;
  readonly canary: number;
  readonly baseline: number;
}

/**
 * Evidence that failures come from the canary more often than its share explains, as a mixture over starting points.
 * For each starting point a unit counts once, at its first failure since. So an outage of both environments, or hours
 * of good requests, do not use up what the evidence has to say later. A claim that is not later than the unit's
 * previous one is ignored.
 *
 * Valid at every moment it is looked at: while the canary is no worse than tolerated, `log` reaches `ln(1/alpha)`,
 * ever, with a probability of at most `alpha`.
 *
 * After Lindon & Malek, *Anytime-Valid Inference for Multinomial Count Data*, NeurIPS 2022 (arXiv:2011.03567), begun
 * at many points as in Shin, Ramdas & Rinaldo, *E-detectors*, 2022 (arXiv:2203.03532), with weights that sum to 1.
 *
 * @param ratio greatest ratio of the canary's failure rate to the baseline's that is tolerated, above 0; 1: no worse.
 * @example
 * ```ts
 * const claims = [{ previous: -1, start: 0, share: 0.05, canary: 4, baseline: 0 }];
 * const failed = logStartsEvidence(claims, 1).log >= Math.log(1 / 0.01); // true: four of four at a share of 5%
 * ```
 */
export function logStartsEvidence(claims: Iterable<ClaimCounts>, ratio: number): StartsEvidence {
  return sumsOf(claims, ratio).read();
}

/** The sums that the evidence is read from: further claims may be added. */
export function sumsOf(claims: Iterable<ClaimCounts>, ratio: number): StartSums {
  const sums = new StartSums();
  const gains = new Float64Array(ALTERNATIVES);
  const penaltiesOf = new Map<number, number[]>();
  for (const { previous, start, share, canary, baseline } of claims) {
    if (!(share > 0 && share < 1)) continue;
    let penalties = penaltiesOf.get(share);
    if (!penalties) {
      penalties = penaltiesAt((share * ratio) / (share * ratio + 1 - share));
      penaltiesOf.set(share, penalties);
    }
    for (let j = 0; j < ALTERNATIVES; j++) gains[j] = canary * LOG_MULTIPLES[j]! - (canary + baseline) * penalties[j]!;
    sums.add(previous, start, gains);
  }
  return sums;
}

/** Units by their first failure since a starting point, under each of these shares. */
export function sinceStart(
  claims: readonly ClaimCounts[],
  start: number,
  shares: readonly number[],
): SegmentFailures[] {
  const segments = new Map([...new Set(shares)].map((share) => [share, { share, canary: 0, baseline: 0 }]));
  for (const { previous, start: latest, share, canary, baseline } of claims) {
    const segment = previous < start && start <= latest ? segments.get(share) : undefined;
    if (!segment) continue;
    segment.canary += canary;
    segment.baseline += baseline;
  }
  return [...segments.values()];
}
