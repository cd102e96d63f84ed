import type { Random } from '../../lib/kit/clock.js';
import { PER_MINUTE, type Rule } from './rule.js';

const SHARE = 0.05;
const RATE = 0.01;

/**
 * Plays a canary at 5% of the traffic that fails so many times as often as a baseline with 1% of failures.
 *
 * @returns the requests that the canary had when it was reverted; `Infinity` when it still was not after so many.
 */
export function playWorse(rule: Rule, times: number, patience: number, random: Random): number {
  rule.begin(SHARE);
  let canaryRequests = 0;
  for (let at = 1; canaryRequests < patience; at++) {
    const isCanary = random() < SHARE;
    if (isCanary) canaryRequests++;
    const failed = random() < (isCanary ? RATE * times : RATE);
    const rescued = failed && random() >= (isCanary ? RATE : RATE * times);
    if (rule.request({ isCanary, failed, isFirst: failed, rescued })) return canaryRequests;
    if (at % PER_MINUTE === 0 && rule.minute()) return canaryRequests;
  }
  return Infinity;
}
