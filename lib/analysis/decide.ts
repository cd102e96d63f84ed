import type { GateResult } from '../domain/events.js';
import type { Gate } from '../domain/plan.js';
import { isAutomatic, isWalking, pauseInWords, type AutomaticPause, type Rollout } from '../domain/state.js';
import type { Weights } from '../domain/weights.js';
import type { Circumstances } from './circumstances.js';
import type { RolloutEvidence } from './figures.js';
import { readTrip } from './fast-trip.js';
import { nextMove } from './next-move.js';
import { readGate } from './gates/gates.js';
import { readShadow } from './shadow-gates.js';

/** The outcome of a check, with the gates that led to it. */
export interface Decision {
  /**
   * `rollback`: revert now. `advance`: the next stage. `awaitApproval`: all is well, and a person has the last word.
   * `pause`: stay until `cause` is gone. `resume`: it is gone. `hold`: stay, because of the time, the data or a gate
   * that holds.
   */
  readonly action: 'rollback' | 'advance' | 'awaitApproval' | 'pause' | 'resume' | 'hold';
  /** One sentence for people. */
  readonly reason: string;
  readonly gates: readonly GateResult[];
  /** With `pause` and `resume`. */
  readonly cause?: AutomaticPause;
  /** Wall time until which the rollout waits, if known. */
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

  const trip = readTrip(rollout, evidence);
  if (trip.reverts) return decision('rollback', trip.message);
  const reverting = failing(plan.gates, results, 'rollback') ?? shadowed.find(({ verdict }) => verdict === 'fail');
  if (reverting) return decision('rollback', reverting.message);

  if (paused && !isAutomatic(paused.reason)) return decision('hold', pauseInWords(paused));
  if (!isWalking(stage)) return decision('hold', stage.name);

  const pausedFor = paused && isAutomatic(paused.reason) ? paused.reason : undefined;
  const elapsed = Math.max(0, circumstances.elapsed ?? (paused ? paused.since : now) - stage.since);
  const standing = { rollout, stage, elapsed, pausedFor, weights, evidence, circumstances, results, shadowed, now };
  const move = nextMove(standing);
  // Any other move is made at once, without a resume first: a second check then finds nothing to do.
  if (pausedFor && move.action === 'hold') return { ...decision('resume', `${pausedFor} is over`), cause: pausedFor };
  return { ...move, gates, action: pausedFor && move.cause === pausedFor ? 'hold' : move.action };
}

function failing(gates: readonly Gate[], results: readonly GateResult[], onFail: Gate['onFail']) {
  return results.find(({ verdict, shared }, index) => verdict === 'fail' && !shared && gates[index]!.onFail === onFail);
}
