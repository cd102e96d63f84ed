import type { Rescues } from '../../domain/figures.js';
import { percent } from './words.js';

/**
 * Whether the live environment also fails more than `max` of the requests that it is asked in the canary's place. Then
 * it is no better, and there is an outage of both. Where all of the traffic is on the canary there is no other
 * comparison.
 *
 * @returns the finding in words.
 */
export function unrescuedOver(max: number, rescues: Rescues | undefined): string | undefined {
  if (!rescues || rescues.asked === 0) return undefined;
  const rate = (rescues.asked - rescues.answered) / rescues.asked;
  return rate > max ? `and the live environment fails ${percent(rate)} of the same requests` : undefined;
}
