import { beforeEach, describe, expect, test } from '@jest/globals';
import { FakeClock } from '../../test/support/fake-clock.js';
import { limited } from './budget-store.contract.js';
import type { BudgetScope, BudgetStore } from './budget-store.js';
import { FleetBudgetStore } from './fleet-budget-store.js';
import { MemoryBudgetStore } from './memory-budget-store.js';

const HOUR = 3_600_000;

let clock: FakeClock;
let shared: MemoryBudgetStore;
let isAway: boolean;
let changes: boolean[];
let fleet: FleetBudgetStore;

beforeEach(() => {
  clock = new FakeClock();
  shared = new MemoryBudgetStore(clock);
  isAway = false;
  changes = [];
  const store: BudgetStore = {
    reserve: async (...args) => reach().reserve(...args),
    settle: async (id, actual, scopes) => reach().settle(id, actual, scopes),
    figures: async (scopes) => reach().figures(scopes),
  };
  fleet = new FleetBudgetStore(store, clock, (away) => changes.push(away));
});

function reach(): MemoryBudgetStore {
  if (isAway) throw new Error('connection refused');
  return shared;
}

const app = limited('app', 10);
const figures = () => shared.figures([app]).get('app');
const reserve = (id: string, amount: number, scope: BudgetScope = app) => fleet.reserve(id, amount, [scope], HOUR);

/** As long as nobody asks a store that was away. */
function comesBack(): void {
  isAway = false;
  clock.advance(1_000);
}

describe('A shared budget whose store is away', () => {
  test('is spent no further by this process than was left when the store was last there', async () => {
    await reserve('before', 4);
    isAway = true;
    const { refused } = await reserve('a', 6);
    expect(refused).toBeUndefined();
    expect((await reserve('b', 1)).refused).toBe('app');
    expect(changes).toEqual([true]);
  });

  test('refuses everything where that is asked for', async () => {
    isAway = true;
    expect((await reserve('a', 1, { ...app, strict: true })).refused).toBe('app');
  });

  test('is settled once the store is back, each call once', async () => {
    await reserve('before', 4);
    isAway = true;
    await reserve('during', 3);
    await fleet.settle('before', 2, [app], HOUR);
    await fleet.settle('during', 3, [app], HOUR);
    expect(figures()).toEqual({ spent: 0, reserved: 4 });
    comesBack();
    await reserve('after', 1);
    await reserve('later', 1);
    expect(figures()).toEqual({ spent: 5, reserved: 2 });
    expect(changes).toEqual([true, false]);
  });

  test('is not asked again for a second: callers do not wait for it one by one', async () => {
    isAway = true;
    await reserve('a', 1);
    isAway = false;
    await reserve('b', 1);
    expect(figures()).toEqual({ spent: 0, reserved: 0 });
  });

  test('counts as away when it does not answer in time', async () => {
    const silent = new FleetBudgetStore(
      {
        reserve: () => new Promise(() => {}),
        settle: () => new Promise(() => {}),
        figures: () => new Promise(() => {}),
      },
      clock,
    );
    const asked = silent.reserve('a', 11, [app], HOUR);
    clock.advance(500);
    expect((await asked).refused).toBe('app');
  });
});
