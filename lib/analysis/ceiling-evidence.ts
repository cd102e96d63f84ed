import { MULTIPLES } from './failure-evidence.js';
import { logMeanExp } from './numerics.js';

/**
 * Evidence that failures are more frequent than a ceiling, as the logarithm of an e-value: a grid mixture of likelihood
 * ratios of Bernoulli trials. Needs no baseline, and so cannot tell a bad environment from an outage of everybody. Valid
 * at every moment: while the rate is at most `ceiling` it ever reaches `ln(1/alpha)` with a probability of at most `alpha`.
 *
 * After Robbins, *Statistical methods related to the law of the iterated logarithm*, Ann. Math. Stat. 41(5), 1970 (mixture
 * of likelihood ratios).
 *
 * @param requests with a verdict, `failures` among them.
 * @param ceiling greatest rate that is tolerated, in (0, 1).
 * @returns 0 without requests.
 */
export function logCeilingEvidence(requests: number, failures: number, ceiling: number): number {
  const rates = MULTIPLES.map((multiple) => ceiling * multiple).filter((rate) => rate < 1);
  // Near 1 no multiple is left: something between the ceiling and certainty.
  if (rates.length === 0) rates.push((1 + ceiling) / 2);
  return logMeanExp(
    rates.map(
      (rate) => failures * Math.log(rate / ceiling) + (requests - failures) * Math.log((1 - rate) / (1 - ceiling)),
    ),
  );
}
