import type { Random } from '../../lib/kit/clock.js';
import { PER_MINUTE, type Rule } from './rule.js';

const SHARES = [0.05, 0.25, 0.5, 1];
const MINUTES_A_STEP = 10;
const STEP = PER_MINUTE * MINUTES_A_STEP;
const ALL = STEP * SHARES.length;

const USERS = 1_500;
/** Requests without a key: units of their own. */
const WITHOUT_KEY = 0.3;
const RATE = 0.01;
/** Few users have most of the failures: this share of them fails this often, the others make up the rest. */
const PRONE = 0.01;
const PRONE_RATE = 0.6;
const OTHER_RATE = (RATE - PRONE * PRONE_RATE) / (1 - PRONE);
/** How far the rates move up and down over a rollout, relative. */
const DRIFT = 0.9;
const MOST_OUTAGES = 3;
const OUTAGE_RATE = 0.5;
const LONGEST_OUTAGE = 3 * PER_MINUTE;

interface Outage {
  readonly from: number;
  readonly to: number;
}

/**
 * Plays a rollout of a canary that is exactly as good as the baseline, 5 → 25 → 50 → 100% in forty minutes: users who
 * stay in their arm, of whom few have most of the requests and few most of the failures; rates that rise and fall;
 * outages of both arms.
 *
 * @returns for each rule, whether it reverted.
 */
export function playHealthy(rules: readonly Rule[], hasOutages: boolean, random: Random): boolean[] {
  const places = Float64Array.from({ length: USERS }, random);
  const rates = Float64Array.from({ length: USERS }, () => (random() < PRONE ? PRONE_RATE : OTHER_RATE));
  const hasFailed = new Uint8Array(USERS);
  const outages = hasOutages ? someOutages(random) : [];
  const phase = random() * 2 * Math.PI;
  const reverted = rules.map(() => false);
  let drift = 1;
  let isOut = false;

  for (let at = 0; at < ALL; at++) {
    const share = SHARES[Math.floor(at / STEP)]!;
    if (at % STEP === 0) for (const rule of rules) rule.begin(share);
    if (at % 60 === 0) {
      drift = 1 + DRIFT * Math.sin(phase + (2 * Math.PI * at) / ALL);
      isOut = outages.some(({ from, to }) => at >= from && at < to);
    }
    if (at % PER_MINUTE === 0 && at > 0) {
      for (const [n, rule] of rules.entries()) if (!reverted[n] && rule.minute()) reverted[n] = true;
    }
    // The square makes the first of the users the busiest by far.
    const user = random() < WITHOUT_KEY ? undefined : Math.floor(random() ** 2 * USERS);
    const isCanary = (user === undefined ? random() : places[user]!) < share;
    const rate = (user === undefined ? RATE : rates[user]!) * drift;
    const failed = random() < (isOut ? OUTAGE_RATE : rate);
    const isFirst = failed && (user === undefined || hasFailed[user] === 0);
    if (failed && user !== undefined) hasFailed[user] = 1;
    // The other environment is as good as this one, and out when it is.
    const rescued = failed && random() >= (isOut ? OUTAGE_RATE : rate);
    const request = { isCanary, unit: user, failed, isFirst, rescued };
    for (let n = 0; n < rules.length; n++) {
      if (!reverted[n] && rules[n]!.request(request)) reverted[n] = true;
    }
  }
  return reverted;
}

function someOutages(random: Random): Outage[] {
  return Array.from({ length: 1 + Math.floor(random() * MOST_OUTAGES) }, () => {
    const from = Math.floor(random() * ALL);
    return { from, to: from + Math.floor(random() * LONGEST_OUTAGE) };
  });
}
