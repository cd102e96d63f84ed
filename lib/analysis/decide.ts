import type { GateResult } from '../domain/events.js';
import type { Gate, Step } from '../domain/plan.js';
import type { Rollout } from '../domain/state.js';
import type { Weights } from '../domain/weights.js';
import type { RolloutEvidence } from './figures.js';
import { readGate } from './read-gate.js';
import { logAssignmentEvidence } from './sample-ratio.js';

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

/** Logarithm of the Bayes factor from which a split counts as wrong: odds of a thousand to one. */
const SAMPLE_RATIO_LIMIT = Math.log(1_000);

/**
 * Decides on a rollout. Pure: the same rollout, weights, evidence and time give the same decision. The order is the
 * promise: rollback evidence is read before any hold, in every state; advancing needs positive data; approval is
 * the last gate.
 */
export function decide(rollout: Rollout, weights: Weights, evidence: RolloutEvidence, now: number): Decision {
  const { plan, phase } = rollout;
  const gates = plan.gates.map((gate) => readGate(gate, evidence));
  const decision = (action: Decision['action'], reason: string): Decision => ({ action, reason, gates });

  if (hasTripped(rollout, weights, evidence)) {
    return decision('rollback', `${evidence.canary.consecutiveFailures} failures of "${rollout.to}" in a row`);
  }
  const reverting = failing(plan.gates, gates, 'rollback');
  if (reverting) return decision('rollback', reverting.message);

  if (phase.name === 'Paused') return decision('hold', `paused: ${phase.reason}`);
  if (phase.name !== 'Progressing' && phase.name !== 'Baking') return decision('hold', phase.name);

  const shared = gates.find((result, index) => result.shared && plan.gates[index]!.onFail !== 'warn');
  if (shared) return decision('hold', `an outage of both: ${shared.message}`);
  const holding = failing(plan.gates, gates, 'hold');
  if (holding) return decision('hold', holding.message);
  if (logAssignmentEvidence(evidence.exposures) >= SAMPLE_RATIO_LIMIT) {
    return decision('hold', 'requests are not split as the weights say: nothing can be concluded from the gates');
  }
  const unsure = plan.gates.findIndex(({ onFail }, index) => {
    const { verdict } = gates[index]!;
    return onFail !== 'warn' && (verdict === 'insufficient' || verdict === 'error');
  });
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

/** How improbable a run of failures of the canary alone has to be in an outage of both. */
const TRIP_ALPHA = 0.01;

/**
 * Failures in a row, while the live environment answers. In an outage of both a canary with a large share has a run of
 * failures before the other has had a request: the run has to be longer than that explains.
 */
function hasTripped({ plan, from, to }: Rollout, weights: Weights, { canary, baseline }: RolloutEvidence): boolean {
  const limit = plan.fastTrip.consecutiveFailures;
  if (limit === 0 || canary.consecutiveFailures < limit) return false;
  const share = weights[to] ?? 0;
  const both = share + (weights[from] ?? 0);
  // Nobody to compare with, and nowhere else to go.
  if (share >= both) return true;
  return baseline.consecutiveFailures === 0 && (share / both) ** canary.consecutiveFailures <= TRIP_ALPHA;
}

function failing(gates: readonly Gate[], results: readonly GateResult[], onFail: Gate['onFail']) {
  return results.find(({ verdict, shared }, index) => verdict === 'fail' && !shared && gates[index]!.onFail === onFail);
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
