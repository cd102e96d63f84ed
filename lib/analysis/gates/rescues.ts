import type { Rescues } from '../../domain/figures.js';
import { percent } from './words.js';

/** Stretches that say how the live environment does now. */
const LATEST = 2;

/**
 * Whether the live environment also fails more than `max` of the requests that it is asked in the canary's place. Then
 * it is no better, and there is an outage of both. Where all of the traffic is on the canary there is no other
 * comparison.
 *
 * @returns the finding in words.
 */
export function unrescuedOver(max: number, rescues: readonly Rescues[] = []): string | undefined {
  const latest = rescues.slice(-LATEST);
  const asked = latest.reduce((sum, each) => sum + each.asked, 0);
  if (asked === 0) return undefined;
  const rate = (asked - latest.reduce((sum, { answered }) => sum + answered, 0)) / asked;
  return rate > max ? `and the live environment fails ${percent(rate)} of the same requests` : undefined;
}
