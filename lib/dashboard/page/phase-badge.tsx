import { words } from './format.js';
import type { Weights } from './wire.js';

const TONES: Readonly<Record<string, string>> = {
  Progressing: 'going',
  Baking: 'going',
  Pending: 'going',
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
  /** Whether the traffic has been moved since it ended. */
  readonly isPast: boolean;
}

/** Where a rollout stands, in words and in a colour. */
export function PhaseBadge({ name, reason, isPast }: PhaseBadgeProps) {
  return (
    <span class={`badge ${isPast ? 'waiting' : (TONES[name] ?? 'waiting')}`}>
      {isPast ? `Last rollout: ${words(name).toLowerCase()}` : words(name)}
      {reason !== undefined && name === 'Paused' && `: ${words(reason).toLowerCase()}`}
    </span>
  );
}

/** Whether an ended rollout says nothing any more about where the traffic is. */
export function isOutdated(phase: string | null, from: string | null, to: string | null, weights: Weights): boolean {
  const left = phase === 'RolledBack' ? to : phase === 'Succeeded' ? from : null;
  return left !== null && (weights[left] ?? 0) > 0;
}
