import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Outcome } from '../domain/outcome.js';
import { CallExpense, type Refusal } from './call-expense.js';

const at = (environment: string, model: string) => ({ environment, version: { tag: 'v1', model, upstream: 'chat/x' } });
const large = at('blue', 'large');
const small = at('backup', 'small');
const free = at('own', 'free');
const ESTIMATES: Record<string, number> = { large: 100, small: 10, free: 0 };

let limit: number;
let reserved: number[];
let settled: number[];
let final: boolean;
let expense: CallExpense;

beforeEach(() => {
  [limit, reserved, settled, final] = [1_000, [], [], false];
  expense = new CallExpense({
    estimate: ({ version }) => ESTIMATES[version.model],
    reserve: (amount): Refusal | undefined => {
      reserved.push(amount);
      return amount > limit ? { why: 'the budget', final } : undefined;
    },
    settle: (actual) => settled.push(actual),
  });
});

/** The call ends. `begun`: its first token was sent. */
function ended(outcome: Outcome, begun: boolean, lastCost: number | undefined): void {
  expense.ended({ outcome, timeToFirstToken: begun ? 1 : undefined, lastCost });
}

describe('The account of a call', () => {
  test('a retry draws on the same reservation; a failure that is not billed costs nothing', () => {
    void expense.cover(large);
    expense.failed({ environment: 'blue', failure: 'server_error', begun: false });
    void expense.cover(large);
    ended('ok', false, 42e-9);
    expect([reserved, settled]).toEqual([[100], [42]]);
  });

  test('what may be billed is paid for beside what comes after it', () => {
    void expense.cover(large);
    expense.failed({ environment: 'blue', failure: 'timeout', begun: false });
    void expense.cover(small);
    ended('ok', false, 7e-9);
    expect([reserved, settled]).toEqual([[100, 110], [107]]);
  });

  test.each([
    ['a failure that is not billed', 'server_error', false, 0],
    ['the same behind the first token', 'server_error', true, 100],
    ['silence', 'timeout', false, 100],
  ] as const)('%s, in the end', (_what, failure, begun, amount) => {
    void expense.cover(large);
    expense.failed({ environment: 'blue', failure, begun });
    ended(failure, begun, undefined);
    expect(settled).toEqual([amount]);
  });

  test('a stream that broke is booked once, at what was counted', () => {
    void expense.cover(large);
    expense.failed({ environment: 'blue', failure: 'network', begun: true, cost: 30e-9 });
    ended('network', true, undefined);
    expect(settled).toEqual([30]);
  });

  test('of an answer in pieces each is booked at what it has cost', () => {
    void expense.cover(large);
    expense.failed({ environment: 'blue', failure: 'network', begun: true, cost: 30e-9 });
    void expense.cover(small);
    ended('ok', true, 7e-9);
    expect([reserved, settled]).toEqual([[100], [37]]);
  });

  test('what its own limit per request refused was not sent, and costs nothing', () => {
    void expense.cover(large);
    expense.failed({ environment: 'blue', failure: 'budget', begun: false });
    ended('budget', false, undefined);
    expect(settled).toEqual([0]);
  });

  test('a try that got no money leaves the one before it as it was', () => {
    limit = 150;
    void expense.cover(large);
    expense.failed({ environment: 'blue', failure: 'timeout', begun: false });
    expect(() => expense.cover(large)).toThrow('does not cover it');
    expense.failed({ environment: 'blue', failure: 'budget', begun: false });
    ended('timeout', false, undefined);
    expect([reserved, settled]).toEqual([[100, 200], [100]]);
  });

  test('an answer that nobody counted is booked as it was estimated', () => {
    void expense.cover(large);
    ended('ok', true, undefined);
    expect(settled).toEqual([100]);
  });

  test('what was refused leaves room for what is cheaper, and for nothing else', () => {
    limit = 50;
    expect(() => expense.cover(large)).toThrow('the budget does not cover it');
    expect(() => expense.cover(large)).toThrow('the budget does not cover it');
    void expense.cover(small);
    expect(reserved).toEqual([100, 10]);
    expect(expense.exhausted).toBe(false);
  });

  test('a refusal may be the last word', () => {
    [limit, final] = [0, true];
    expect(() => expense.cover(large)).toThrow('it was not sent');
    expect(expense.exhausted).toBe(true);
    ended('budget', false, undefined);
    expect(settled).toEqual([]);
  });

  test('what costs nothing is always covered', () => {
    limit = -1;
    void expense.cover(free);
    ended('ok', false, 0);
    expect([reserved, settled]).toEqual([[], [0]]);
  });
});
