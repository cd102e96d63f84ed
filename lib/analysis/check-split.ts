import type { GateResult } from '../domain/events.js';
import type { ThresholdGate } from '../domain/plan.js';
import type { HealthCheck, RouteState } from '../domain/state.js';
import type { ArmEvidence } from './figures.js';
import { readThreshold } from './threshold-gate.js';

/** An environment of a split that is worse than its limits allow, with the figures that say so. */
export interface FailingSplit {
  readonly environment: string;
  readonly reason: string;
  readonly gates: readonly GateResult[];
  /** What it was looked at by. */
  readonly healthCheck: HealthCheck;
  /** What they read. */
  readonly canary: ArmEvidence;
  readonly baseline: ArmEvidence;
}

const MIN_SAMPLE = 20;

/** For a health check that names no limit: one that looked at nothing would promise what it does not do. */
const DEFAULT_LIMITS = { errorRate: 0.05, latencyP99: 3_000 };

/** What watches the split of a route: what it was told itself comes first. */
export function healthCheckOf({ settings }: RouteState, configured?: HealthCheck): HealthCheck | undefined {
  return settings.healthCheck ?? configured;
}

/**
 * Looks at a split that no rollout walks, by the health check of the route: the first environment beside the live one
 * that has traffic and is over a limit. Pure.
 *
 * @param configured holds where the route has no health check of its own.
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
    const gates = limits.map((gate) => readThreshold(gate, { canary, baseline }));
    const failing = gates.find(
      ({ verdict }, n) => verdict === 'fail' && (hasLimits || !isOfBoth(limits[n]!, { canary, baseline })),
    );
    const reason = `"${environment}": ${failing?.message}`;
    if (failing) return { environment, reason, gates, healthCheck, canary, baseline };
  }
  return undefined;
}

/**
 * Whether the live environment is over the limit as well, and not far from the other: of a limit that nobody chose it
 * may only say that it is not for this route.
 */
function isOfBoth(gate: ThresholdGate, { canary, baseline }: Pick<FailingSplit, 'canary' | 'baseline'>): boolean {
  const live = readThreshold(gate, { canary: baseline, baseline });
  const difference = readThreshold({ ...gate, compare: 'baseline' }, { canary, baseline });
  return live.verdict === 'fail' && difference.verdict !== 'fail';
}

/** The limits as gates. */
function gatesOf({ errorRate, latencyP99 }: Pick<HealthCheck, 'errorRate' | 'latencyP99'>): ThresholdGate[] {
  const shared = { compare: 'absolute', minSampleSize: MIN_SAMPLE, onFail: 'rollback' } as const;
  return [
    ...(errorRate === undefined ? [] : [{ ...shared, name: 'error-rate', kind: 'errorRate', max: errorRate } as const]),
    ...(latencyP99 === undefined
      ? []
      : [{ ...shared, name: 'latency-p99', kind: 'latency', quantile: 0.99, max: latencyP99 } as const]),
  ];
}
