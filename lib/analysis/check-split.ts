import type { GateResult } from '../domain/events.js';
import type { ThresholdGate } from '../domain/plan.js';
import type { RouteState } from '../domain/state.js';
import type { ArmEvidence } from './figures.js';
import { readThreshold } from './threshold-gate.js';

/** An environment of a split that is worse than its limits allow, with the figures that say so. */
export interface FailingSplit {
  readonly environment: string;
  readonly reason: string;
  readonly gates: readonly GateResult[];
  /** What they read. */
  readonly canary: ArmEvidence;
  readonly baseline: ArmEvidence;
}

const MIN_SAMPLE = 20;

/**
 * Looks at a split that no rollout walks, by the health check of the route: the first environment beside the live one
 * that has traffic and is over a limit. Pure.
 */
export function checkSplit(
  route: RouteState,
  evidenceOf: (environment: string) => ArmEvidence,
): FailingSplit | undefined {
  const { healthCheck } = route.settings;
  if (!healthCheck?.enabled || !healthCheck.autoRollback) return undefined;
  const limits = gatesOf(healthCheck);
  const baseline = evidenceOf(route.active);
  for (const environment of Object.keys(route.environments)) {
    if (environment === route.active || (route.weights[environment] ?? 0) === 0) continue;
    const canary = evidenceOf(environment);
    const gates = limits.map((gate) => readThreshold(gate, { canary, baseline }));
    const failing = gates.find(({ verdict }) => verdict === 'fail');
    if (failing) return { environment, reason: `"${environment}": ${failing.message}`, gates, canary, baseline };
  }
  return undefined;
}

/** The health check as gates. */
function gatesOf({ errorRate, latencyP99 }: NonNullable<RouteState['settings']['healthCheck']>): ThresholdGate[] {
  const shared = { compare: 'absolute', minSampleSize: MIN_SAMPLE, onFail: 'rollback' } as const;
  return [
    ...(errorRate === undefined ? [] : [{ ...shared, name: 'error-rate', kind: 'errorRate', max: errorRate } as const]),
    ...(latencyP99 === undefined
      ? []
      : [{ ...shared, name: 'latency-p99', kind: 'latency', quantile: 0.99, max: latencyP99 } as const]),
  ];
}
