import type { Rollout } from '../domain/state.js';
import type { Circumstances } from './circumstances.js';

interface Standing {
  readonly rollout: Pick<Rollout, 'to'>;
  readonly circumstances: Pick<Circumstances, 'openAt'>;
  readonly now: number;
}

/** Time without an open breaker that even a stage without a duration needs, milliseconds. */
const LEAST = 30_000;

/**
 * Says that the canary's breaker has been open too lately for a stage to be over: while it is open, nobody learns how
 * the canary does. A stage needs all of its time without that.
 *
 * @param duration of the stage, milliseconds.
 */
export function whileOpen(
  { rollout: { to }, circumstances: { openAt }, now }: Standing,
  duration: number,
): string | undefined {
  const needed = Math.max(duration, LEAST);
  if (openAt === undefined || now - openAt >= needed) return undefined;
  const [ago, all] = [Math.max(0, now - openAt), needed].map((ms) => Math.ceil(ms / 1_000));
  return `the breaker of "${to}" was open ${ago} s ago: this stage needs ${all} s without that`;
}
