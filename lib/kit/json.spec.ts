import { expect, test } from '@jest/globals';
import { isDeeperThan } from './json.js';

test('a value has as many levels as objects and lists stand in each other, and may have more than calls can', () => {
  expect([isDeeperThan('text', 0), isDeeperThan({}, 0), isDeeperThan({ a: 1 }, 1)]).toEqual([false, true, false]);
  expect([isDeeperThan([[{}], 1, { a: null }], 3), isDeeperThan([[{}], 1], 2)]).toEqual([false, true]);
  const deep: unknown = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000));
  expect([isDeeperThan(deep, 64), isDeeperThan(deep, 99_999), isDeeperThan(deep, 100_000)]).toEqual([
    true,
    true,
    false,
  ]);
});
