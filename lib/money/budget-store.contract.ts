import { describe, expect, test } from '@jest/globals';
import type { BudgetScope, BudgetStore } from './budget-store.js';

/** A store, and ways to let what takes time happen at once. */
export interface BudgetStage {
  readonly store: BudgetStore;
  /** Another process on the same money; the store itself where there is none. */
  readonly other: BudgetStore;
  turnMonth(this: void): Promise<void> | void;
  /** Makes every reservation due. */
  expireAll(this: void): Promise<void> | void;
}

const HOUR = 3_600_000;

const marksAt = (limit: number, ...percents: number[]) =>
  percents.map((percent) => ({ percent, amount: (limit * percent) / 100 }));

/** A scope with a limit and the usual marks. */
export const limited = (key: string, limit: number): BudgetScope => ({
  key,
  limit,
  marks: marksAt(limit, 50, 80, 100),
});

/** What every home of the budgets promises. `create` gives an empty one. */
export function budgetContract(name: string, create: () => Promise<BudgetStage> | BudgetStage): void {
  describe(`a budget in ${name}`, () => {
    const app = limited('app', 10);

    test('lets exactly as many through at once as it covers', async () => {
      const { store, other } = await create();
      const asked = Array.from({ length: 64 }, async (_, n) =>
        (n % 2 ? store : other).reserve(`r${n}`, 1, [app], HOUR),
      );
      const answers = await Promise.all(asked);
      expect(answers.filter(({ refused }) => refused === undefined)).toHaveLength(10);
      expect(answers.filter(({ refused }) => refused === 'app')).toHaveLength(54);
      expect((await store.figures([app])).get('app')).toEqual({ spent: 0, reserved: 10 });
    });

    test('has the rest back when a call turns out cheaper', async () => {
      const { store } = await create();
      await store.reserve('a', 10, [app], HOUR);
      await store.settle('a', 2, [app], HOUR);
      expect((await store.reserve('b', 9, [app], HOUR)).refused).toBe('app');
      expect((await store.reserve('c', 8, [app], HOUR)).figures.get('app')).toEqual({ spent: 2, reserved: 8 });
    });

    test('books a call once, however often it is settled', async () => {
      const { store, other } = await create();
      await store.reserve('a', 4, [app], HOUR);
      await store.settle('a', 3, [app], HOUR);
      await other.settle('a', 3, [app], HOUR);
      expect((await store.figures([app])).get('app')).toEqual({ spent: 3, reserved: 0 });
    });

    test('a reservation that is asked for again is raised, never doubled', async () => {
      const { store } = await create();
      for (const amount of [3, 3, 7, 5])
        expect((await store.reserve('a', amount, [app], HOUR)).refused).toBeUndefined();
      expect((await store.figures([app])).get('app')).toEqual({ spent: 0, reserved: 7 });
      const { refused, figures } = await store.reserve('a', 11, [app], HOUR);
      expect([refused, figures.get('app')]).toEqual(['app', { spent: 0, reserved: 7 }]);
    });

    test('both the app and the route have to cover a call, or neither sets anything aside', async () => {
      const { store } = await create();
      const chat = limited('route:chat', 3);
      const counted = { key: 'route:search', marks: [] };
      expect((await store.reserve('a', 4, [app, chat], HOUR)).refused).toBe('route:chat');
      expect((await store.reserve('b', 3, [app, chat], HOUR)).refused).toBeUndefined();
      expect((await store.reserve('c', 8, [app, counted], HOUR)).refused).toBe('app');
      const figures = await store.figures([app, chat, counted]);
      expect([...figures.values()].map(({ reserved }) => reserved)).toEqual([3, 3, 0]);
    });

    test('has the money of a crashed process back, and books it when the process was only slow', async () => {
      const { store, expireAll } = await create();
      await store.reserve('crashed', 10, [app], HOUR);
      await expireAll();
      expect((await store.reserve('next', 10, [app], HOUR)).refused).toBeUndefined();
      await store.settle('crashed', 4, [app], HOUR);
      expect((await store.figures([app])).get('app')).toEqual({ spent: 4, reserved: 10 });
    });

    test('begins anew with the month; what is under way stays set aside', async () => {
      const { store, turnMonth } = await create();
      await store.reserve('a', 6, [app], HOUR);
      await store.settle('a', 6, [app], HOUR);
      await store.reserve('b', 4, [app], 1_000 * HOUR);
      await turnMonth();
      expect((await store.figures([app])).get('app')).toEqual({ spent: 0, reserved: 4 });
      expect((await store.settle('b', 6, [app], HOUR)).reached).toEqual([{ key: 'app', percent: 50 }]);
    });

    test('tells of each mark once, to one process', async () => {
      const { store, other } = await create();
      const reached: number[] = [];
      for (let n = 0; n < 12; n++) {
        const answer = await (n % 2 ? store : other).settle(`r${n}`, 1, [app], HOUR);
        reached.push(...answer.reached.map(({ percent }) => percent));
      }
      expect(reached).toEqual([50, 80, 100]);
    });

    test('is used up when what is spent leaves no room, not when calls under way may turn out cheaper', async () => {
      const { store } = await create();
      await store.reserve('a', 9, [app], HOUR);
      expect(await store.reserve('b', 2, [app], HOUR)).toMatchObject({ refused: 'app', reached: [] });
      await store.settle('a', 9, [app], HOUR);
      const used = await store.reserve('b', 2, [app], HOUR);
      expect(used).toMatchObject({ refused: 'app', reached: [{ key: 'app', percent: 100 }] });
      expect((await store.reserve('c', 2, [app], HOUR)).reached).toEqual([]);
    });

    test('counts exactly what a sum of fractions would not', async () => {
      const { store } = await create();
      const large = { key: 'app', limit: 4_000_000_000_000_001, marks: [] };
      await store.reserve('a', 4_000_000_000_000_000, [large], HOUR);
      expect((await store.reserve('b', 2, [large], HOUR)).refused).toBe('app');
      expect((await store.reserve('c', 1, [large], HOUR)).figures.get('app')?.reserved).toBe(4_000_000_000_000_001);
    });
  });
}
