import { requireRunning, requireWalking, type Command } from './command.js';
import { RolloutStateError } from './errors.js';
import type { BlueGreenEvent } from './events.js';
import { isAutomatic, type AutomaticPause, type PauseReason } from './state.js';

export function pauseRollout(cause: PauseReason): Command {
  return (route) => {
    const rollout = requireRunning(route, 'pause');
    const { phase } = rollout;
    if (phase.name === 'Aborting') return [];
    // A pause by hand outranks every other one. The wait for an approval outranks every pause that ends by itself.
    if (phase.name === 'Paused' && rankOf(phase.reason) >= rankOf(cause) && !mayFollow(phase.reason, cause)) return [];
    return [{ type: 'RolloutPaused', route: route.alias, rolloutId: rollout.id, cause }];
  };
}

function rankOf(reason: PauseReason): number {
  if (reason === 'Manual') return 2;
  return reason === 'AwaitingApproval' ? 1 : 0;
}

/** A pause that ends by itself may change its cause without a resume in between. */
function mayFollow(reason: PauseReason, cause: PauseReason): boolean {
  return isAutomatic(reason) && isAutomatic(cause) && reason !== cause;
}

/** By hand. An inconclusive stage gets its whole time again. */
export const resumeRollout: Command = (route) => {
  const rollout = requireWalking(route, 'resume');
  const { phase } = rollout;
  if (phase.name !== 'Paused') return [];
  if (phase.reason === 'AwaitingApproval') {
    throw new RolloutStateError(`The rollout on "${route.alias}" waits for an approval.`, 'Call approve().');
  }
  const anew = phase.reason === 'Inconclusive' ? { anew: true as const } : {};
  return [{ type: 'RolloutResumed', route: route.alias, rolloutId: rollout.id, ...anew }];
};

/** Ends a pause whose cause is gone, and no other pause. */
export function endPause(cause: AutomaticPause): Command {
  return (route) => {
    const rollout = requireRunning(route, 'resume');
    const { phase } = rollout;
    if (phase.name !== 'Paused' || phase.reason !== cause) return [];
    return [{ type: 'RolloutResumed', route: route.alias, rolloutId: rollout.id }];
  };
}

export const approveStep: Command = (route) => {
  const rollout = requireWalking(route, 'approve');
  const ids = { route: route.alias, rolloutId: rollout.id };
  const { phase } = rollout;
  if (phase.name === 'Progressing') return phase.approved ? [] : [{ type: 'StepApproved', ...ids }];
  if (phase.name === 'Paused' && phase.resumeTo.name === 'Progressing') {
    const approved: BlueGreenEvent = { type: 'StepApproved', ...ids };
    return phase.reason === 'AwaitingApproval' ? [approved, { type: 'RolloutResumed', ...ids }] : [approved];
  }
  return [];
};
