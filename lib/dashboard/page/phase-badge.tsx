import { words } from './format.js';
import type { StatusAnswer } from '../../http/control/answers/status.js';
import type { RouteRow } from '../answers.js';

const TONES: Readonly<Record<string, string>> = {
  Progressing: 'going',
  Baking: 'going',
  Warming: 'going',
  Shadowing: 'going',
  Paused: 'waiting',
  Aborting: 'bad',
  RolledBack: 'bad',
  Succeeded: 'good',
};

interface PhaseBadgeProps {
  readonly name: string;
  readonly reason?: string | undefined;
  /** The traffic was moved after the rollout ended. */
  readonly isPast: boolean;
}

/** The phase of a rollout, in words and in a color. */
export function PhaseBadge({ name, reason, isPast }: PhaseBadgeProps) {
  return (
    <span class={`badge ${isPast ? 'waiting' : (TONES[name] ?? 'waiting')}`}>
      {isPast ? `Last rollout: ${words(name).toLowerCase()}` : words(name)}
      {reason !== undefined && `: ${words(reason).toLowerCase()}`}
    </span>
  );
}

type Ended = Pick<RouteRow, 'phase' | 'from' | 'to' | 'weights' | 'final_weight'>;

/** The newest rollout has ended, and the traffic was moved afterwards. */
export function isOutdated({ phase, from, to, weights, final_weight: final }: Ended): boolean {
  if (phase === 'Succeeded' && to !== null && final !== null) return weights[to] !== final;
  const left = phase === 'RolledBack' ? to : phase === 'Succeeded' ? from : null;
  return left !== null && (weights[left] ?? 0) > 0;
}

export function hasMoved({ rollout, weights }: StatusAnswer): boolean {
  if (rollout === undefined) return false;
  const { phase } = rollout;
  const final_weight = phase.name === 'Succeeded' ? (phase.weight ?? null) : null;
  return isOutdated({ ...rollout, phase: phase.name, weights, final_weight });
}
