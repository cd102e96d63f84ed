import { endsOf, longest } from './simulate.js';
import type { Conditions, Effort, TimedStep } from './simulation.js';

/** The aim of a proposed schedule. */
export interface Aim {
  /** How many times worse the canary is that the schedule has to find. */
  readonly times: number;
  /** Longest time until the canary has all of the traffic, milliseconds. */
  readonly within: number;
}

export type Proposal =
  | {
      readonly kind: 'schedule';
      readonly steps: readonly TimedStep[];
      /** Chance that it finds such a canary. */ readonly chance: number;
    }
  /** `needed`: milliseconds that it would take with half of the traffic; `null`: it cannot be found at all. */
  | { readonly kind: 'impossible'; readonly needed: number | null };

/** Candidates for the first step, in percent. The lowest that is enough is taken: it hurts the fewest users. */
const FIRST_WEIGHTS = [1, 2, 5, 10, 15, 20, 25, 30, 40, 50];
const LATER_WEIGHTS = [25, 50];
/** Chance with which the first step has to find such a canary. */
const SURENESS = 0.8;
/** Share of the time that the first step may take when others follow. */
const FIRST_SHARE = 0.75;
const MINUTE = 60_000;

/**
 * A schedule whose first step finds a canary so many times worse with a chance of 80%, at the lowest weight that leaves
 * time for it. The later steps share the rest of the time, and none is longer than the first. Steps of less than a
 * minute are left out.
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
    const laterSteps = rest > 0 ? later.map((other) => ({ weight: other, duration: rest })) : [];
    const steps = [{ weight, duration: needed }, ...laterSteps];
    return {
      kind: 'schedule',
      steps: [...steps, { weight: 100, duration: 0 }],
      chance: chanceOf(steps, times, conditions, effort),
    };
  }
  return { kind: 'impossible', needed };
}

/** Milliseconds, in whole minutes, after which a canary at this weight has been found with enough of a chance. */
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
