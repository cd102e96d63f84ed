import { logMeanExp } from '../numerics.js';

/** More would leave each with too little weight. */
export const MOST_STRATA = 16;

/** Evidence of all traffic and of fixed parts of it. */
export interface StrataEvidence {
  /** Natural logarithm of ½ E_all + ½ mean E_s. */
  readonly log: number;
  /** Natural logarithm of mean E_s; `undefined` without parts. */
  readonly parts: number | undefined;
  /** The part that says most, when it says more than all traffic together does. */
  readonly speaks?: string | undefined;
}

/**
 * Mixes the evidence of all traffic with that of its parts (streamed, with tools, one tenant …), so that a canary
 * that is bad for some is found without giving up much on one that is bad for all. The parts and their number are
 * fixed when the rollout starts; one that had no traffic counts as 1. Parts may overlap: a unit counts once in each.
 *
 * After Turner & Grünwald, *Exact anytime-valid confidence intervals for contingency tables and beyond*, 2023
 * (arXiv:2302.11401).
 *
 * @param all natural logarithm of the evidence of all traffic.
 * @param strata the same by part, of all parts that were fixed, in any order; missing ones count as 0.
 * @param names the parts that were fixed, at most 16.
 * @throws {RangeError} when there are more.
 */
export function mixStrata(
  all: number,
  strata: Readonly<Record<string, number>>,
  names: readonly string[],
): StrataEvidence {
  if (names.length > MOST_STRATA) throw new RangeError(`${names.length} strata: at most ${MOST_STRATA} are possible.`);
  if (names.length === 0) return { log: all, parts: undefined };
  const logs = names.map((name) => (Object.hasOwn(strata, name) ? strata[name]! : 0));
  const loudest = logs.reduce((best, log, n) => (log > logs[best]! ? n : best), 0);
  const parts = logMeanExp(logs);
  const log = logMeanExp([all, parts]);
  const isLouder = logs[loudest]! > Math.max(0, all + Math.log(names.length));
  return isLouder ? { log, parts, speaks: names[loudest] } : { log, parts };
}
