import type { GateResult } from '../domain/events.js';
import type { Gate, Step } from '../domain/plan.js';
import type { Rollout } from '../domain/state.js';
import type { Weights } from '../domain/weights.js';
import type { RolloutEvidence } from './figures.js';
import { readThreshold } from './threshold-gate.js';

/** What the checks led to, with what they saw. */
export interface Decision {
  /**
   * `rollback`: revert now. `advance`: the next stage. `awaitApproval`: all is well, a person has the last word.
   * `hold`: stay; not yet time, not enough data, or a gate that holds.
   */
  readonly action: 'rollback' | 'advance' | 'awaitApproval' | 'hold';
  /** One sentence for people. */
  readonly reason: string;
  readonly gates: readonly GateResult[];
}

/**
 * Decides on a rollout. Pure: the same rollout, weights, evidence and time give the same decision. The order is the
 * promise: rollback evidence is read before any hold, in every state; advancing needs positive data; approval is
 * the last gate.
 */
export function decide(rollout: Rollout, weights: Weights, evidence: RolloutEvidence, now: number): Decision {
  const { plan, phase } = rollout;
  const gates = plan.gates.map((gate) => readThreshold(gate, evidence));
  const decision = (action: Decision['action'], reason: string): Decision => ({ action, reason, gates });

  const { consecutiveFailures } = plan.fastTrip;
  if (consecutiveFailures > 0 && evidence.canary.consecutiveFailures >= consecutiveFailures) {
    return decision('rollback', `${evidence.canary.consecutiveFailures} failures of "${rollout.to}" in a row`);
  }
  const reverting = failing(plan.gates, gates, 'rollback');
  if (reverting) return decision('rollback', reverting.message);

  if (phase.name === 'Paused') return decision('hold', `paused: ${phase.reason}`);
  if (phase.name !== 'Progressing' && phase.name !== 'Baking') return decision('hold', phase.name);

  const holding = failing(plan.gates, gates, 'hold');
  if (holding) return decision('hold', holding.message);
  const unsure = plan.gates.findIndex(
    ({ onFail }, index) => onFail !== 'warn' && gates[index]!.verdict === 'insufficient',
  );
  if (unsure >= 0) return decision('hold', gates[unsure]!.message);

  const step = phase.name === 'Baking' ? plan.steps.at(-1)! : plan.steps[phase.step]!;
  const duration = phase.name === 'Baking' ? plan.finalBakeTime : step.duration;
  const left = phase.since + duration - now;
  if (left > 0) return decision('hold', `${Math.ceil(left / 1000)} s of this stage are left`);
  const missing = missingSamples(step, evidence, rollout, weights);
  if (missing) return decision('hold', missing);

  if (phase.name === 'Baking') return decision('advance', 'the final bake is over and every gate passes');
  if (step.holdConditions.requiresApproval && !phase.approved) {
    return decision('awaitApproval', `step ${phase.step + 1} is done and waits for an approval`);
  }
  return decision('advance', `step ${phase.step + 1} is done and every gate passes`);
}

function failing(gates: readonly Gate[], results: readonly GateResult[], onFail: Gate['onFail']) {
  return results.find(({ verdict }, index) => verdict === 'fail' && gates[index]!.onFail === onFail);
}

/** What is still to be seen under the current weights. Advancing takes at least one request, whatever is asked for. */
function missingSamples(
  step: Step,
  { canary, baseline }: RolloutEvidence,
  { from, to }: Rollout,
  weights: Weights,
): string | undefined {
  const { minSampleSize } = step.holdConditions;
  const needed = Math.max(1, minSampleSize.canary);
  if (canary.judgedInSegment < needed) {
    return `${canary.judgedInSegment} of ${needed} requests on "${to}" in this stage`;
  }
  // An environment that gets no traffic cannot be waited for.
  const takesTraffic = (weights[from] ?? 0) > 0;
  if (takesTraffic && baseline.judgedInSegment < minSampleSize.baseline) {
    return `${baseline.judgedInSegment} of ${minSampleSize.baseline} requests on "${from}" in this stage`;
  }
  return undefined;
}
