import type { AgeRule } from '../analysis/gates/gate-kind.js';
import { timeLimits } from '../analysis/evidence/time-tolerance.js';
import { figuresOf } from '../analysis/gates/gates.js';
import { runningRollout, type RouteState } from '../domain/state.js';
import type { AgeLimit } from '../telemetry/age-watch.js';
import type { Summary } from '../telemetry/summary.js';
import type { Telemetry } from '../telemetry/telemetry.js';

/**
 * The ages from which gates of a route count a request: the live environment's quantile up to now; for the canary, plus
 * the tolerance. Fixed before the requests that are judged by them begin: that is what makes the count of them
 * evidence.
 */
export function ageLimits(route: RouteState, telemetry: Telemetry, now: number): AgeLimit[] {
  const rollout = runningRollout(route);
  const environment = rollout && route.environments[rollout.from];
  if (!environment) return [];
  const { tag } = environment.version;
  const recent = telemetry.recent(route.alias, rollout.from, tag, now);
  const total = telemetry.total(route.alias, rollout.from, tag);
  return rollout.plan.gates.flatMap((gate) => {
    const { counts } = figuresOf(gate);
    if (counts?.event !== 'age') return [];
    const quantile = quantileOf(counts, recent) ?? quantileOf(counts, total);
    if (quantile === undefined) return [];
    const limits = timeLimits(quantile, counts.tolerance);
    return [{ gate: gate.name, of: counts.of, live: rollout.from, limits }];
  });
}

function quantileOf({ of, quantile, minSampleSize }: AgeRule, summary: Summary): number | undefined {
  const times = summary[of];
  return times.count < minSampleSize ? undefined : (times.quantile(quantile) ?? undefined);
}
