import type { Gate, RolloutPlan } from '../domain/plan.js';
import type { GateNeeds } from './evidence/power.js';
import type { AnytimeGate } from './gates/gate-kind.js';
import type { FailureRatioGate } from './gates/failure-ratio.js';

/** The gate of a plan that compares error rates and reverts, as a computation of its power needs it. */
export function comparedBy({ gates }: Pick<RolloutPlan, 'gates'>): GateNeeds | undefined {
  const gate = gates.find(isComparison);
  return gate && { alpha: gate.alpha, limit: 1 + gate.tolerance };
}

function isComparison(gate: Gate | AnytimeGate): gate is FailureRatioGate {
  return gate.test === 'failureRatio' && gate.onFail === 'rollback';
}
