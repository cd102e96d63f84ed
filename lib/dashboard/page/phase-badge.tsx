import { words } from './format.js';

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

/** Where a rollout stands, in words and in a colour. */
export function PhaseBadge({ name, reason }: { readonly name: string; readonly reason?: string | undefined }) {
  return (
    <span class={`badge ${TONES[name] ?? 'waiting'}`}>
      {words(name)}
      {reason !== undefined && name === 'Paused' && `: ${words(reason).toLowerCase()}`}
    </span>
  );
}
