import type { GateResult } from '../domain/events.js';
import type { ArmEvidence } from '../domain/figures.js';
import type { HealthCheck } from '../domain/route-settings.js';
import type { RouteState } from '../domain/state.js';
import { threshold, type ThresholdGate } from './gates/threshold.js';

/** An environment of a split that is over its limits, with the figures that show it. */
export interface FailingSplit {
  readonly environment: string;
  readonly reason: string;
  readonly gates: readonly GateResult[];
  /** The health check that found it. */
  readonly healthCheck: HealthCheck;
  /** The figures that the gates read. */
  readonly canary: ArmEvidence;
  readonly baseline: ArmEvidence;
}

const MIN_SAMPLE = 20;

/** For a health check without a limit of its own: it would check nothing. */
const DEFAULT_LIMITS = { errorRate: 0.05, latencyP99: 3_000 };

/** The health check of a route's split: the route's own, else the configured one. */
export function healthCheckOf({ settings }: RouteState, configured?: HealthCheck): HealthCheck | undefined {
  return settings.healthCheck ?? configured;
}

/**
 * Checks a split by hand against the route's health check: finds the first environment beside the live one that has
 * traffic and is over a limit. Pure.
 *
 * @param configured applies if the route has no health check of its own.
 */
export function checkSplit(
  route: RouteState,
  evidenceOf: (environment: string) => ArmEvidence,
  configured?: HealthCheck,
): FailingSplit | undefined {
  const healthCheck = healthCheckOf(route, configured);
  if (!healthCheck?.enabled) return undefined;
  const hasLimits = healthCheck.errorRate !== undefined || healthCheck.latencyP99 !== undefined;
  const limits = gatesOf(hasLimits ? healthCheck : DEFAULT_LIMITS);
  const baseline = evidenceOf(route.active);
  for (const environment of Object.keys(route.environments)) {
    if (environment === route.active || (route.weights[environment] ?? 0) === 0) continue;
    const canary = evidenceOf(environment);
    const names = { canary: `"${environment}"`, baseline: `"${route.active}"` };
    const gates = limits.map((gate) => threshold.read(gate, { canary, baseline, names }));
    const failing = gates.find(
      ({ verdict }, n) => verdict === 'fail' && (hasLimits || !isOfBoth(limits[n]!, { canary, baseline })),
    );
    if (failing) return { environment, reason: failing.message, gates, healthCheck, canary, baseline };
  }
  return undefined;
}

/**
 * Whether the live environment is over the limit as well, by about as much. Then a default limit may just be wrong for
 * this route.
 */
function isOfBoth(gate: ThresholdGate, { canary, baseline }: Pick<FailingSplit, 'canary' | 'baseline'>): boolean {
  const live = threshold.read(gate, { canary: baseline, baseline });
  const difference = threshold.read({ ...gate, compare: 'baseline' }, { canary, baseline });
  return live.verdict === 'fail' && difference.verdict !== 'fail';
}

/** The limits as gates. */
function gatesOf({ errorRate, latencyP99 }: Pick<HealthCheck, 'errorRate' | 'latencyP99'>): ThresholdGate[] {
  const shared = {
    test: 'threshold',
    compare: 'absolute',
    minSampleSize: MIN_SAMPLE,
    role: 'guardrail',
    onFail: 'rollback',
  } as const;
  return [
    ...(errorRate === undefined ? [] : [{ ...shared, name: 'error-rate', kind: 'errorRate', max: errorRate } as const]),
    ...(latencyP99 === undefined
      ? []
      : [{ ...shared, name: 'latency-p99', kind: 'latency', quantile: 0.99, max: latencyP99 } as const]),
  ];
}
