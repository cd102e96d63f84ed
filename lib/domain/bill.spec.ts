import { beforeEach, describe, expect, test } from '@jest/globals';
import { Bill } from './bill.js';

const tokens = (outputTokens: number) => ({ inputTokens: 1, outputTokens, cachedInputTokens: 0 });

let bill: Bill;
beforeEach(() => {
  bill = new Bill();
});

describe('The bill of an answer', () => {
  test('has each piece at the price of the version that gave it', () => {
    expect([bill.add(tokens(2), 200), bill.add(tokens(3), 3)]).toEqual([200, 3]);
    expect(bill.cost).toBe(203);
    expect(bill.usage).toEqual({ inputTokens: 2, outputTokens: 5, cachedInputTokens: 0 });
  });

  test('does without pieces that nobody counted', () => {
    bill.add(tokens(2), 200);
    bill.add(undefined, 1);
    expect([bill.cost, bill.usage?.outputTokens]).toEqual([200, 2]);
  });

  test('has no sum while nobody has counted, or when a piece has no price', () => {
    expect([bill.cost, bill.usage]).toEqual([undefined, undefined]);
    bill.add(tokens(2), 200);
    bill.add(tokens(1), undefined);
    bill.add(tokens(1), 1);
    expect([bill.cost, bill.usage?.outputTokens]).toEqual([undefined, 4]);
  });
});
