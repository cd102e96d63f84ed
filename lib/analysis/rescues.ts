import type { Rescues } from './figures.js';
import { percent } from './gate-words.js';

/**
 * Whether the live environment fails at what it is asked for in the place of the one on trial, more often than `max`
 * allows: then it is no better, and what is seen is an outage of both. The only comparison there is where all of the
 * traffic is on trial.
 *
 * @returns the finding in words.
 */
export function unrescuedOver(max: number, rescues: Rescues | undefined): string | undefined {
  if (!rescues || rescues.asked === 0) return undefined;
  const rate = (rescues.asked - rescues.answered) / rescues.asked;
  return rate > max ? `and the live environment fails ${percent(rate)} of the same requests` : undefined;
}
