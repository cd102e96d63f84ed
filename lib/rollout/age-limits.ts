import type { ExceedanceGate, Gate } from '../domain/plan.js';
import { runningRollout, type RouteState } from '../domain/state.js';
import type { AgeLimit } from '../telemetry/age-watch.js';
import type { Summary } from '../telemetry/tally.js';
import type { Telemetry } from '../telemetry/telemetry.js';

/**
 * The ages that gates of a route count from: the live environment's quantile up to now and the tolerance. Fixed before
 * the requests that are judged by them begin: that is what makes the count of them evidence.
 */
export function ageLimits(route: RouteState, telemetry: Telemetry, now: number): AgeLimit[] {
  const rollout = runningRollout(route);
  const environment = rollout && route.environments[rollout.from];
  if (!environment) return [];
  const { tag } = environment.version;
  const recent = telemetry.recent(route.alias, rollout.from, tag, now);
  const total = telemetry.total(route.alias, rollout.from, tag);
  return rollout.plan.gates.filter(isExceedance).flatMap((gate) => {
    const quantile = quantileOf(gate, recent) ?? quantileOf(gate, total);
    return quantile === undefined ? [] : [{ gate: gate.name, of: gate.kind, limit: quantile * (1 + gate.tolerance) }];
  });
}

function isExceedance(gate: Gate): gate is ExceedanceGate {
  return gate.test === 'exceedance';
}

function quantileOf({ kind, quantile, minSampleSize }: ExceedanceGate, summary: Summary): number | undefined {
  const times = kind === 'latency' ? summary.latency : summary.timeToFirstToken;
  return times.count < minSampleSize ? undefined : (times.quantile(quantile) ?? undefined);
}
