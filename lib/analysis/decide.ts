import type { GateResult } from '../domain/events.js';
import type { Gate } from '../domain/plan.js';
import { isAutomatic, isWalking, type AutomaticPause, type Rollout } from '../domain/state.js';
import type { Weights } from '../domain/weights.js';
import type { Circumstances } from './circumstances.js';
import { logFailureEvidence, type SegmentFailures } from './failure-evidence.js';
import type { RolloutEvidence } from './figures.js';
import { nextMove } from './next-move.js';
import { readGate } from './read-gate.js';
import { readShadow } from './shadow-gates.js';

/** What the checks led to, with what they saw. */
export interface Decision {
  /**
   * `rollback`: revert now. `advance`: the next stage. `awaitApproval`: all is well, a person has the last word.
   * `pause`: stay until `cause` is gone. `resume`: it is gone. `hold`: stay; not yet time, not enough data, or a gate
   * that holds.
   */
  readonly action: 'rollback' | 'advance' | 'awaitApproval' | 'pause' | 'resume' | 'hold';
  /** One sentence for people. */
  readonly reason: string;
  readonly gates: readonly GateResult[];
  /** With `pause` and `resume`. */
  readonly cause?: AutomaticPause;
  /** Wall time at which what the rollout waits for is over, where that is known. */
  readonly until?: number | undefined;
}

/**
 * Decides on a rollout. Pure: the same rollout, weights, evidence and time give the same decision. The order is the
 * promise: rollback evidence is read before any hold, in every state; advancing needs positive data; approval is
 * the last gate.
 */
export function decide(
  rollout: Rollout,
  weights: Weights,
  evidence: RolloutEvidence,
  now: number,
  circumstances: Circumstances = {},
): Decision {
  const { plan, phase } = rollout;
  const results = plan.gates.map((gate) => readGate(gate, evidence));
  const paused = phase.name === 'Paused' ? phase : undefined;
  const stage = paused ? paused.resumeTo : phase;
  const inShadow = stage.name === 'Shadowing' && plan.shadow;
  const shadowed = inShadow ? readShadow(inShadow, circumstances.shadow) : [];
  const gates = [...results, ...shadowed];
  const decision = (action: Decision['action'], reason: string): Decision => ({ action, reason, gates });

  if (hasTripped(rollout, weights, evidence)) {
    return decision('rollback', `${evidence.canary.run.failures} failures of "${rollout.to}" in a row`);
  }
  const reverting = failing(plan.gates, results, 'rollback') ?? shadowed.find(({ verdict }) => verdict === 'fail');
  if (reverting) return decision('rollback', reverting.message);

  if (paused && !isAutomatic(paused.reason)) return decision('hold', `paused: ${paused.reason}`);
  if (!isWalking(stage)) return decision('hold', stage.name);

  const pausedFor = paused && isAutomatic(paused.reason) ? paused.reason : undefined;
  const elapsed = (paused ? paused.since : now) - stage.since;
  const standing = { rollout, stage, elapsed, pausedFor, weights, evidence, circumstances, results, shadowed, now };
  const move = nextMove(standing);
  // Where more is to be done than to go on waiting, that is done at once: a second look then finds nothing to do.
  if (pausedFor && move.action === 'hold') return { ...decision('resume', `${pausedFor} is over`), cause: pausedFor };
  return { ...move, gates, action: pausedFor && move.cause === pausedFor ? 'hold' : move.action };
}

/**
 * How improbable it has to be that an outage of both hits the canary so much harder than the other. Far less than a
 * gate asks for: a run begins with every failure behind a success, and an outage has hundreds of them.
 */
const TRIP_ALPHA = 0.0001;
/** Before the first step only those are on the canary who were sent there by name: hardly a share. */
const SMALLEST_SHARE = 0.01;

/**
 * Failures in a row that are the canary's own. In an outage of both the live environment fails meanwhile as well, or
 * has no request in that time: by its share, the canary has more of the failures of that stretch than that explains.
 */
function hasTripped({ plan, from, to }: Rollout, weights: Weights, { canary: { run } }: RolloutEvidence): boolean {
  const limit = plan.fastTrip.consecutiveFailures;
  if (limit === 0 || run.failures < limit) return false;
  const share = weights[to] ?? 0;
  const both = share + (weights[from] ?? 0);
  if (share < both) {
    const part = Math.max(SMALLEST_SHARE, share / both);
    return isWorse({ share: part, canary: run.failures, baseline: countOf(run.beside, from) });
  }
  // No traffic to compare with: but the live environment is asked for the same requests, unless nobody can be.
  const unanswered = run.asked - countOf(run.answered, from);
  return run.alone >= limit || isWorse({ share: 0.5, canary: run.asked, baseline: unanswered });
}

function countOf(counts: Readonly<Record<string, number>>, name: string): number {
  return Object.hasOwn(counts, name) ? counts[name]! : 0;
}

function isWorse(stretch: SegmentFailures): boolean {
  return logFailureEvidence([stretch], 1) >= -Math.log(TRIP_ALPHA);
}

function failing(gates: readonly Gate[], results: readonly GateResult[], onFail: Gate['onFail']) {
  return results.find(({ verdict, shared }, index) => verdict === 'fail' && !shared && gates[index]!.onFail === onFail);
}
