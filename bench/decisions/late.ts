import type { Random } from '../../lib/kit/clock.js';
import { PER_MINUTE, type Rule } from './rule.js';

const SHARE = 0.05;
const RATE = 0.01;
const USERS = 1_500;

/**
 * Plays a canary at 5% of the traffic of some users who come back. It is as good as the baseline at first and then
 * fails so many times as often.
 *
 * @param good requests of both, before it turns bad.
 * @returns the canary's requests from then on until it was reverted; 0 when it was before, `Infinity` when it still was
 * not after so many.
 */
export function playLate(rule: Rule, times: number, good: number, patience: number, random: Random): number {
  const places = Float64Array.from({ length: USERS }, random);
  const hasFailed = new Uint8Array(USERS);
  rule.begin(SHARE);
  let canaryRequests = 0;
  for (let at = 1; canaryRequests < patience; at++) {
    const user = Math.floor(random() * USERS);
    const isCanary = places[user]! < SHARE;
    const isBad = at > good;
    if (isCanary && isBad) canaryRequests++;
    const canaryRate = isBad ? RATE * times : RATE;
    const failed = random() < (isCanary ? canaryRate : RATE);
    const isFirst = failed && hasFailed[user] === 0;
    if (failed) hasFailed[user] = 1;
    const rescued = failed && random() >= (isCanary ? RATE : canaryRate);
    if (rule.request({ isCanary, unit: user, failed, isFirst, rescued })) return canaryRequests;
    if (at % PER_MINUTE === 0 && rule.minute()) return canaryRequests;
  }
  return Infinity;
}
