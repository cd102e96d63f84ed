import type { RolloutPlan } from '../domain/plan.js';
import type { Foresight, StepSight } from '../domain/step-sight.js';
import { weightOf, type Weights } from '../domain/weights.js';
import { comparedBy } from './compared-by.js';
import { stepPower, type GateNeeds, type StepPower } from './evidence/power.js';
import { percent, times } from './gates/words.js';
import { showMinutes } from './simulation/warnings.js';

/** Traffic of a route before its rollout. */
export interface TrafficBefore {
  /** Of all its environments. */
  readonly requestsPerHour: number;
  /** Requests of the live environment with a verdict, and those of them that failed. */
  readonly live: { readonly failed: number; readonly total: number };
}

/** A plan, and where its weights come from. */
export interface PlannedSplit {
  readonly plan: RolloutPlan;
  readonly from: string;
  readonly to: string;
  readonly weights: Weights;
}

/** Verdicts that it takes to speak of a failure rate. */
const FEWEST = 50;
/** Steps that are looked at: computing one takes milliseconds. */
const MOST_STEPS = 8;
/** How much worse the canary is that every step should find. */
const RATIO = 3;
const POWER = 0.8;
/**
 * A live environment that fails less often counts as failing this often: three times next to nothing is next to
 * nothing, and no step is long enough to find it.
 */
export const LEAST_RATE = 0.001;

/**
 * Computes what each step can find at the traffic before the rollout. Each request counts as another user's: where the
 * same users come back, a step finds less.
 */
export function foresee(
  { plan, from, to, weights }: PlannedSplit,
  { requestsPerHour, live }: TrafficBefore,
): Foresight {
  const gate = comparedBy(plan);
  if (!gate) return { requestsPerHour, failureRate: null, steps: [], warnings: [] };
  if (live.total < FEWEST) {
    const count = Math.round(requestsPerHour);
    const warning = `The route gets ${count} requests an hour, and "${from}" has answered ${live.total} of late: too few to say what each step can find.`;
    return { requestsPerHour, failureRate: null, steps: [], warnings: [warning] };
  }
  const pool = weightOf(weights, from) + weightOf(weights, to);
  const failureRate = live.failed / live.total;
  const traffic = { requestsPerHour: (requestsPerHour * pool) / 100, failureRate };
  const steps = plan.steps
    .map(({ setWeight, duration }, step) => ({ step, setWeight, duration, weight: setWeight / pool }))
    .filter(({ weight }) => weight > 0 && weight < 1)
    .slice(0, MOST_STEPS)
    .map((step): StepSight => {
      const power = powerOf(step, traffic, gate);
      const { detects, misses, needed } = power;
      return {
        step: step.step,
        detects: finite(detects),
        misses,
        needed: finite(needed),
        message: say(step, power, to),
      };
    });
  const short = steps.filter(({ misses }) => misses > 1 - POWER);
  const basis = `At ${Math.round(requestsPerHour)} requests an hour, of which ${percent(failureRate)} fail:`;
  const warnings = short.length === 0 ? [] : [`${basis} ${short.map(({ message }) => message).join(' ')}`];
  return { requestsPerHour, failureRate, steps, warnings };
}

interface TimedWeight {
  readonly step: number;
  readonly setWeight: number;
  /** The canary's part of the traffic that the two have. */
  readonly weight: number;
  readonly duration: number;
}

function powerOf(
  { weight, duration }: TimedWeight,
  { requestsPerHour, failureRate }: { readonly requestsPerHour: number; readonly failureRate: number },
  gate: GateNeeds,
): StepPower {
  const rate = Math.min(Math.max(failureRate, LEAST_RATE), 1 - LEAST_RATE);
  const traffic = { requestsPerHour, unitsPerHour: requestsPerHour, failureRate: rate, weight };
  return stepPower(traffic, gate, duration, { ratio: RATIO, power: POWER });
}

function say({ step, setWeight, duration }: TimedWeight, { detects, misses, needed }: StepPower, to: string): string {
  const name = `Step ${step + 1} (${setWeight}% for ${timeOf(duration)})`;
  if (misses <= 1 - POWER) return `${name} finds a ${to} that fails ${times(detects)} as often.`;
  const cure =
    needed === Infinity ? 'no length of this step would find it' : `${timeOf(needed)} would find it in 4 of 5`;
  return `${name} would miss a ${to} ${RATIO}× worse in ${share(misses)} of cases; ${cure}.`;
}

function timeOf(ms: number): string {
  return showMinutes(ms / 60_000);
}

/** Never "100%" for a chance that is left. */
function share(misses: number): string {
  return misses > 0.99 ? 'more than 99%' : `${Math.round(misses * 100)}%`;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
