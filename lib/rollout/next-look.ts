import { isWalking, type Rollout } from '../domain/state.js';

/** Shortest time between two looks at a step that waits for requests, milliseconds. */
const PATIENCE = 1_000;

/**
 * How long until the rollout is worth a look before the next interval is over, milliseconds: its step ends earlier, or
 * is short and waits for requests. `undefined`: the interval is soon enough.
 *
 * @param elapsed milliseconds that count towards its stage.
 */
export function nextLook({ phase, plan }: Rollout, elapsed: number, interval: number): number | undefined {
  if (!isWalking(phase) || phase.name === 'Warming') return undefined;
  const duration =
    phase.name === 'Progressing'
      ? plan.steps[phase.step]!.duration
      : phase.name === 'Baking'
        ? plan.finalBakeTime
        : plan.shadow!.duration;
  if (duration === 0) return undefined;
  const left = duration - elapsed;
  const wait = left > 0 ? left : Math.max(PATIENCE, duration);
  return wait < interval ? wait : undefined;
}
