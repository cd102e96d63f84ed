import type { ArmEvidence } from '../domain/figures.js';
import type { RolloutPlan, Step } from '../domain/plan.js';
import { weightOf, type Weights } from '../domain/weights.js';
import { comparedBy } from './compared-by.js';
import { chanceToFind, type StepTraffic } from './evidence/power.js';
import type { RolloutEvidence } from './figures.js';
import { counted, times } from './gates/words.js';
import { firstWholeWhere } from './numerics.js';
import { LEAST_RATE } from './step-sights.js';

/** A rollout under these weights, with what is known of it. */
interface Compared {
  readonly rollout: { readonly plan: RolloutPlan; readonly from: string; readonly to: string };
  readonly weights: Weights;
  readonly evidence: Pick<RolloutEvidence, 'units'> & {
    readonly canary: Pick<ArmEvidence, 'judgedInSegment'>;
    readonly baseline: Pick<ArmEvidence, 'judgedInSegment' | 'charged'>;
  };
}

const POWER = 0.8;
/** Any length will do: what counts is the requests in it. */
const HOUR = 3_600_000;
/** Growth of the traffic between two looks into the future, and the furthest one. */
const GROWTH = 1.5;
const FURTHEST = 64;

/**
 * Says why a step has not seen enough yet: had the canary failed `detect` times as often as the live environment, it
 * could well still be there. `undefined` when it would have been found in 80% of cases. Counts requests, not time, so
 * no clock can end it early.
 */
export function undetected(
  { holdConditions: { detect } }: Pick<Step, 'holdConditions'>,
  { rollout: { plan, from, to }, weights, evidence: { canary, baseline, units } }: Compared,
): string | undefined {
  const gate = comparedBy(plan);
  const weight = weightOf(weights, to) / (weightOf(weights, to) + weightOf(weights, from));
  if (detect === undefined || !gate || !(weight > 0 && weight < 1)) return undefined;
  const { failed, total } = baseline.charged;
  const failureRate = Math.min(Math.max(total > 0 ? failed / total : 0, LEAST_RATE), 1 - LEAST_RATE);
  const requests = canary.judgedInSegment + baseline.judgedInSegment;
  const users = Math.min(units.canary + units.baseline, requests);
  const chanceAfter = (growth: number): number => {
    const traffic: StepTraffic = {
      requestsPerHour: requests * growth,
      unitsPerHour: users * growth,
      failureRate,
      weight,
    };
    return chanceToFind(traffic, gate, HOUR, detect);
  };
  const chance = chanceAfter(1);
  if (chance >= POWER) return undefined;
  const looks = Math.ceil(Math.log(FURTHEST) / Math.log(GROWTH));
  const growth = GROWTH ** firstWholeWhere((n) => n >= looks || chanceAfter(GROWTH ** n) >= POWER, looks);
  const more = Math.ceil(requests * (growth - 1));
  const wait =
    growth < FURTHEST
      ? `about ${counted(more, 'more request')} on both`
      : `more than ${counted(more, 'more request')} on both`;
  const found = `a "${to}" ${times(detect)} worse would have been found in ${Math.floor(chance * 100)}% of cases by now`;
  return `${found}, and "detect" asks for ${POWER * 100}%: ${wait}`;
}
