import { expect, jest, test } from '@jest/globals';
import { KeyShares, type OnWideKey } from './key-shares.js';

function stage() {
  const warn = jest.fn<OnWideKey>();
  return { shares: new KeyShares(warn), warn };
}

test('a key with more than half of 1,000 requests is told of, once for each route', () => {
  const { shares, warn } = stage();
  for (let n = 0; n < 3_000; n++) {
    shares.saw('chat', n % 5 < 3 ? 7 : n + 100, 'the field user');
    shares.saw('code', 8, 'the header session-id');
  }
  expect(warn.mock.calls).toEqual([
    ['code', 501, 'the header session-id'],
    ['chat', 833, 'the field user'],
  ]);
});

test('a key with half of them is not, nor one that has more only over several thousands', () => {
  const { shares, warn } = stage();
  for (let n = 0; n < 10_000; n++) shares.saw('chat', n % 2 === 0 ? 7 : n + 100);
  expect(warn).not.toHaveBeenCalled();
});

test('requests without a key count among the thousand', () => {
  const { shares, warn } = stage();
  for (let n = 0; n < 5_000; n++) shares.saw('chat', n % 3 === 0 ? 7 : undefined);
  expect(warn).not.toHaveBeenCalled();
});
