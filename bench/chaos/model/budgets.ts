import type { CallRecord, History } from '../history.js';
import type { Rule } from './check.js';

/**
 * The bills of providers never exceed the budget, and all of them are booked. Left out are amounts that a killed
 * process had no chance to book: its reservation expires, as documented; and calls around the moment at which Redis was
 * emptied: what they had set aside is gone, and of what they cost each replica knows what it has seen.
 */
export const budgets: Rule = (history) => {
  const { budget, bills, calls } = history;
  if (!budget) return { looked: 0, violations: [] };
  const byId = new Map(calls.filter(({ route }) => route === budget.route).map((call) => [call.id, call]));
  const violations: string[] = [];
  let [looked, billed, lost] = [0, 0, 0];
  for (const bill of bills.toSorted((a, b) => a.at - b.at)) {
    const call = byId.get(bill.id);
    if (!call) continue;
    looked++;
    if (isLost(call, history)) lost += bill.amount;
    else billed += bill.amount;
    if (billed <= budget.limit + 1e-9) continue;
    violations.push(`${bill.id}: $${billed.toFixed(4)} billed of $${budget.limit} (and $${lost.toFixed(4)} lost)`);
  }
  if (budget.booked < billed - 1e-6) {
    violations.push(`$${billed.toFixed(4)} were billed and $${budget.booked.toFixed(4)} are booked`);
  }
  return { looked, violations };
};

/** Its process was killed, or Redis emptied, before all replicas knew what it cost. */
function isLost({ replica, at, endedAt }: CallRecord, { lives, away, limits, emptied = [] }: History): boolean {
  if (emptied.some(({ from, to }) => endedAt >= from && at <= to)) return true;
  const life = lives.find((one) => one.replica === replica && one.from <= at && (one.to ?? Infinity) > at);
  const killed = life?.to;
  if (killed === undefined) return life === undefined;
  // Amounts that wait for Redis to come back are in the memory of the process alone.
  let lastBooked = killed - limits.settling;
  for (const { from, to } of away.filter((one) => one.replica === replica).toSorted((a, b) => b.to - a.to)) {
    if (to + limits.recovery >= lastBooked && from < killed) lastBooked = Math.min(lastBooked, from - limits.settling);
  }
  return endedAt >= lastBooked;
}
