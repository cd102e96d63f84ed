import { randomStream } from './random-stream.js';
import { playTrial, type Stretch, type Tolerance } from './trial.js';

/** A step of a schedule: share of the canary in percent, length in milliseconds. */
export interface TimedStep {
  readonly weight: number;
  readonly duration: number;
}

/** What a rollout will meet. */
export interface Conditions extends Tolerance {
  /** Of both arms together. */
  readonly requestsPerSecond: number;
  /** Share of the baseline's requests that fail, in (0, 1). */
  readonly baselineRate: number;
}

/** How thoroughly it is tried. */
export interface Effort {
  readonly trials: number;
  /** The same seed, the same result. */
  readonly seed: number;
  /** Told how much is done, in [0, 1]. */
  readonly progress?: ((done: number) => void) | undefined;
}

/** How long a step takes to see a canary that is so many times worse, when it begins to be with the step. */
export interface Sight {
  readonly times: number;
  /** Medians: of both arms together, and of the canary. `null`: longer than anybody waits. */
  readonly requests: number | null;
  readonly canaryRequests: number | null;
  readonly minutes: number | null;
  /** Chance that it is seen within the step, in [0, 1]. */
  readonly chance: number;
}

interface StepReport extends TimedStep {
  readonly requests: number;
  readonly sights: readonly Sight[];
}

export interface SimulationReport {
  /** Share of the trials with a canary as good as the baseline that were reverted, and its standard error. */
  readonly falseRollback: number;
  readonly standardError: number;
  /** Chance that a canary so many times worse is reverted before it has everything, its evidence kept from step to step. */
  readonly caught: readonly { readonly times: number; readonly chance: number }[];
  /** The steps in which the two are compared. */
  readonly steps: readonly StepReport[];
  /** In plain words: what the schedule cannot see. */
  readonly warnings: readonly string[];
}

const TIMES = [2, 3, 5];
/** Failures after which a trial of one weight is given up. */
const MOST_FAILURES = 5_000;
/** A step that sees the worst of them with less than this chance is too short. */
const EVEN = 0.5;

/**
 * Tries a schedule before anyone runs it: how often it reverts a canary that is as good as the baseline, and how soon one
 * that is worse. Each request is a unit of its own; where users come back, count their failing first requests only.
 *
 * @example
 * ```ts
 * const report = simulate(
 *   [{ weight: 5, duration: 3_600_000 }],
 *   { requestsPerSecond: 20, baselineRate: 0.01, ratio: 1, alpha: 0.05 },
 *   { trials: 1_000, seed: 1 },
 * );
 * ```
 */
export function simulate(steps: readonly TimedStep[], conditions: Conditions, effort: Effort): SimulationReport {
  const compared = steps.filter(({ weight }) => weight > 0 && weight < 100);
  const stretches = compared.map((step) => stretchOf(step, conditions));
  const parts = 1 + TIMES.length + compared.length * TIMES.length;
  let part = 0;
  const ends = (times: number, over: readonly Stretch[]): number[] => {
    const begun = part++;
    return endsOf(times, over, conditions, {
      ...effort,
      progress: (done) => effort.progress?.((begun + done) / parts),
    });
  };

  const falseRollback = shareWithin(ends(1, stretches), Infinity);
  const caught = TIMES.map((times) => ({ times, chance: shareWithin(ends(times, stretches), Infinity) }));
  const reports = compared.map((step, n): StepReport => {
    const { share, requests } = stretches[n]!;
    const sights = TIMES.map((times) =>
      sightOf(times, ends(times, [{ share, requests: longest(share, times, conditions) }]), stretches[n]!, conditions),
    );
    return { ...step, requests: Math.round(requests), sights };
  });
  return {
    falseRollback,
    standardError: Math.sqrt((falseRollback * (1 - falseRollback)) / effort.trials),
    caught,
    steps: reports,
    warnings: warningsAbout(reports, caught.at(-1)!.chance),
  };
}

/** Requests of both arms until each trial is reverted, in ascending order. */
export function endsOf(
  times: number,
  stretches: readonly Stretch[],
  { baselineRate, ratio, alpha }: Conditions,
  { trials, seed, progress }: Effort,
): number[] {
  const canaryRate = Math.min(1, baselineRate * times);
  const ends = Array.from({ length: trials }, (_, n) => {
    if (n % 50 === 0) progress?.(n / trials);
    return playTrial({ stretches, baselineRate, canaryRate, ratio, alpha }, randomStream(seed, n));
  });
  progress?.(1);
  return ends.toSorted((a, b) => a - b);
}

function stretchOf({ weight, duration }: TimedStep, { requestsPerSecond }: Conditions): Stretch {
  return { share: weight / 100, requests: (requestsPerSecond * duration) / 1000 };
}

/** Requests within which {@link MOST_FAILURES} are expected. */
export function longest(share: number, times: number, { baselineRate }: Conditions): number {
  const canaryRate = Math.min(1, baselineRate * times);
  return MOST_FAILURES / (share * canaryRate + (1 - share) * baselineRate);
}

function sightOf(times: number, ends: readonly number[], stretch: Stretch, { requestsPerSecond }: Conditions): Sight {
  const median = ends[Math.floor(ends.length / 2)]!;
  const isKnown = Number.isFinite(median);
  return {
    times,
    requests: isKnown ? median : null,
    canaryRequests: isKnown ? Math.ceil(median * stretch.share) : null,
    minutes: isKnown ? median / requestsPerSecond / 60 : null,
    chance: shareWithin(ends, stretch.requests),
  };
}

function shareWithin(ends: readonly number[], limit: number): number {
  return ends.filter((end) => end <= limit && Number.isFinite(end)).length / ends.length;
}

function warningsAbout(steps: readonly StepReport[], caughtWorst: number): string[] {
  if (steps.length === 0) return ['No step compares the two: each gives everything to one of them.'];
  const warnings = steps.flatMap((step, n) => {
    const worst = step.sights.at(-1)!;
    if (worst.chance >= EVEN) return [];
    const needs = worst.minutes === null ? 'it would take days' : `it takes ${showMinutes(worst.minutes)}`;
    return [`Step ${n + 1} (${step.weight} %) is too short to see even a ${worst.times}× worse green: ${needs}.`];
  });
  if (caughtWorst < EVEN)
    warnings.push(`The whole schedule sees a ${TIMES.at(-1)}× worse green less than half of the time.`);
  return warnings;
}

/** A time in minutes, as people say it. */
export function showMinutes(minutes: number): string {
  if (minutes < 1) return `${Math.ceil(minutes * 60)} s`;
  if (minutes < 120) return `${Math.ceil(minutes)} min`;
  return `${(minutes / 60).toFixed(1)} h`;
}
