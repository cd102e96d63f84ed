import type { RolloutAnswer, StatusAnswer } from '../http/control/answers/status.js';

export function hasEnded({ phase }: RolloutAnswer): boolean {
  return phase.name === 'RolledBack' || phase.name === 'Succeeded';
}

/** The traffic was moved after the rollout ended: its outcome says nothing about the present split. */
export function isPast({ phase, from, to }: RolloutAnswer, weights: StatusAnswer['weights']): boolean {
  if (phase.name === 'RolledBack') return (weights[to] ?? 0) > 0;
  if (phase.name !== 'Succeeded') return false;
  return phase.weight === undefined ? (weights[from] ?? 0) > 0 : weights[to] !== phase.weight;
}

/** Steps that are done, of those in the schedule. */
export function stepsDone({ phase, steps }: RolloutAnswer): number {
  const walking = phase.name === 'Paused' ? phase.resume_to : phase;
  if (walking.name === 'Succeeded' || walking.name === 'Baking') return steps;
  return walking.name === 'Progressing' ? walking.step : 0;
}

export function phaseInWords({ phase, steps }: RolloutAnswer): string {
  if (phase.name === 'Succeeded' && phase.weight === 0) return 'Ended at 0%';
  if (phase.name === 'Succeeded' && (phase.weight ?? 100) < 100) return `Succeeded at ${phase.weight}%`;
  return phase.name === 'Progressing' ? `step ${phase.step + 1} of ${steps}` : phase.name;
}

/** The condition that the rollout waits for, or the reason for its end. */
export function waitInWords({ phase, waits_for }: RolloutAnswer): string {
  if (phase.name !== 'Paused') return waits_for;
  if (phase.reason === 'Manual') return `${waits_for} (blue-green resume)`;
  return phase.reason === 'AwaitingApproval' ? 'an approval: blue-green approve' : waits_for;
}
