import { randomStream } from './random-stream.js';
import type { Conditions, Effort, Sight, SimulationReport, StepReport, TimedStep } from './simulation.js';
import { playTrial, type Stretch } from './trial.js';
import { warningsAbout } from './warnings.js';

const TIMES = [2, 3, 5];
/** Failures after which a trial at one weight stops. */
const MOST_FAILURES = 5_000;

/**
 * Tries a schedule before anyone runs it: how often it reverts a canary that is as good as the baseline, and how soon
 * it finds one that is worse. A user counts once, however often it comes back.
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
    warnings: warningsAbout(reports, caught.at(-1)!),
  };
}

/** Requests of both arms until each trial is reverted, in ascending order. */
export function endsOf(
  times: number,
  stretches: readonly Stretch[],
  conditions: Conditions,
  { trials, seed, progress }: Effort,
): number[] {
  const canaryRate = Math.min(1, conditions.baselineRate * times);
  const ends = Array.from({ length: trials }, (_, n) => {
    if (n % 50 === 0) progress?.(n / trials);
    return playTrial({ ...conditions, stretches, canaryRate }, randomStream(seed, n));
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
