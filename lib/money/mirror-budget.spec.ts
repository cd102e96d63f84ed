import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { FakeClock } from '../../test/support/fake-clock.js';
import { MirrorBudget, type Reservation } from './mirror-budget.js';

const DAY = 24 * 60 * 60 * 1000;

describe('The budget for mirrors', () => {
  test('refuses what the money set aside for others would have to pay', () => {
    const budget = new MirrorBudget(10, new FakeClock());
    const granted = Array.from({ length: 64 }, () => budget.reserve(1)).filter(Boolean);
    expect(granted).toHaveLength(10);
  });

  test('has the rest of a reservation back when the call turns out cheaper', () => {
    const budget = new MirrorBudget(10, new FakeClock());
    budget.settle(budget.reserve(10)!, 2);
    expect(budget.spent).toBe(2);
    expect(budget.reserve(8)).toBeDefined();
    expect(budget.reserve(0.01)).toBeUndefined();
  });

  test('without a limit refuses nothing and still counts', () => {
    const budget = new MirrorBudget(undefined, new FakeClock());
    budget.settle(budget.reserve(1e6)!, 3);
    expect(budget.spent).toBe(3);
  });

  test('begins again with the month, in UTC', () => {
    const clock = new FakeClock(Date.UTC(2026, 0, 31, 23, 59));
    const budget = new MirrorBudget(1, clock);
    budget.settle(budget.reserve(1)!, 1);
    expect(budget.reserve(1)).toBeUndefined();
    clock.advance(60_000);
    expect(budget.spent).toBe(0);
    expect(budget.reserve(1)).toBeDefined();
  });

  test('keeps what is under way reserved when the month turns', () => {
    const clock = new FakeClock(Date.UTC(2026, 0, 31));
    const budget = new MirrorBudget(1, clock);
    const underWay = budget.reserve(1)!;
    clock.advance(DAY);
    expect(budget.reserve(1)).toBeUndefined();
    budget.settle(underWay, 0.25);
    expect(budget.spent).toBe(0.25);
  });

  test('of a shadow stage lasts when the month turns', () => {
    const clock = new FakeClock(Date.UTC(2026, 0, 31));
    const budget = new MirrorBudget(1, clock, false);
    budget.settle(budget.reserve(1)!, 1);
    clock.advance(DAY);
    expect([budget.spent, budget.reserve(0.01)]).toEqual([1, undefined]);
  });

  test('a refusal is news once a month', () => {
    const clock = new FakeClock(Date.UTC(2026, 0, 31));
    const budget = new MirrorBudget(0, clock);
    expect([budget.isNews(), budget.isNews()]).toEqual([true, false]);
    clock.advance(DAY);
    expect(budget.isNews()).toBe(true);
  });

  test('is never overspent, in whatever order calls begin and end, as long as no call costs more than its estimate', () => {
    const call = fc.record({
      estimate: fc.double({ min: 0, max: 5, noNaN: true }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      settleNow: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(call, { maxLength: 100 }), fc.double({ min: 0, max: 20, noNaN: true }), (calls, limit) => {
        const budget = new MirrorBudget(limit, new FakeClock());
        const open: { reservation: Reservation; cost: number }[] = [];
        for (const { estimate, share, settleNow } of calls) {
          const reservation = budget.reserve(estimate);
          if (reservation) open.push({ reservation, cost: estimate * share });
          const ended = settleNow ? open.shift() : undefined;
          if (ended) budget.settle(ended.reservation, ended.cost);
        }
        for (const { reservation, cost } of open) budget.settle(reservation, cost);
        expect(budget.spent).toBeLessThanOrEqual(limit + 1e-9);
      }),
    );
  });
});
