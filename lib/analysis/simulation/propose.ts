import { endsOf, longest } from './simulate.js';
import type { Conditions, Effort, TimedStep } from './simulation.js';

/** What a schedule is to be able to do. */
export interface Aim {
  /** How many times worse a canary may be and still has to be seen. */
  readonly times: number;
  /** Until the canary has everything, milliseconds. */
  readonly within: number;
}

export type Proposal =
  | {
      readonly kind: 'schedule';
      readonly steps: readonly TimedStep[];
      /** That it sees such a canary. */ readonly chance: number;
    }
  /** `needed`: milliseconds that it would take with half of the traffic; `null`: it cannot be seen at all. */
  | { readonly kind: 'impossible'; readonly needed: number | null };

/** First steps that are thought of, in percent; the lowest that will do is taken, since fewest are hurt by it. */
const FIRST_WEIGHTS = [1, 2, 5, 10, 15, 20, 25, 30, 40, 50];
const LATER_WEIGHTS = [25, 50];
/** How sure the first step is to see what it is to see. */
const SURENESS = 0.8;
/** How much of the time the first step may take when others follow. */
const FIRST_SHARE = 0.75;
const MINUTE = 60_000;

/**
 * A schedule whose first step sees a canary so many times worse with a chance of 80 %, at the lowest weight at which
 * there is time for that. The steps after it share what is left, none being longer than the first; less than a minute
 * each is left out.
 *
 * @example
 * ```ts
 * const conditions = { requestsPerSecond: 20, baselineRate: 0.01, ratio: 1, alpha: 0.05 };
 * const proposal = propose({ times: 2, within: 4 * 3_600_000 }, conditions, { trials: 1_000, seed: 1 });
 * ```
 */
export function propose({ times, within }: Aim, conditions: Conditions, effort: Effort): Proposal {
  let needed: number | null = null;
  for (const [n, weight] of FIRST_WEIGHTS.entries()) {
    const progress = (done: number): void => effort.progress?.((n + done) / FIRST_WEIGHTS.length);
    needed = timeToSee(times, weight, conditions, { ...effort, progress });
    const later = LATER_WEIGHTS.filter((other) => other > weight);
    if (needed === null || needed > within * (later.length > 0 ? FIRST_SHARE : 1)) continue;
    const left = Math.floor((within - needed) / Math.max(1, later.length) / MINUTE) * MINUTE;
    const rest = Math.min(needed, left);
    const behind = rest > 0 ? later.map((other) => ({ weight: other, duration: rest })) : [];
    const steps = [{ weight, duration: needed }, ...behind];
    return {
      kind: 'schedule',
      steps: [...steps, { weight: 100, duration: 0 }],
      chance: chanceOf(steps, times, conditions, effort),
    };
  }
  return { kind: 'impossible', needed };
}

/** Whole minutes, as milliseconds, after which a canary at this weight has been seen with enough of a chance. */
function timeToSee(times: number, weight: number, conditions: Conditions, effort: Effort): number | null {
  const share = weight / 100;
  const ends = endsOf(times, [{ share, requests: longest(share, times, conditions) }], conditions, effort);
  const requests = ends[Math.ceil(ends.length * SURENESS) - 1]!;
  return Number.isFinite(requests) ? Math.ceil(requests / conditions.requestsPerSecond / 60) * MINUTE : null;
}

function chanceOf(steps: readonly TimedStep[], times: number, conditions: Conditions, effort: Effort): number {
  const stretches = steps.map(({ weight, duration }) => ({
    share: weight / 100,
    requests: (conditions.requestsPerSecond * duration) / 1000,
  }));
  const ends = endsOf(times, stretches, conditions, { ...effort, progress: undefined });
  return ends.filter(Number.isFinite).length / ends.length;
}
