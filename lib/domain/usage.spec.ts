import { expect, test } from '@jest/globals';
import { sumOfUsages } from './usage.js';

test('what the pieces of an answer have used adds up, kind by kind; a piece that nobody counted adds nothing', () => {
  const first = { inputTokens: 10, outputTokens: 20, cachedInputTokens: 3 };
  const second = { inputTokens: 100, outputTokens: 200, cachedInputTokens: 30 };
  expect(sumOfUsages([first, undefined, second])).toEqual({
    inputTokens: 110,
    outputTokens: 220,
    cachedInputTokens: 33,
  });
});

test('what nobody counted at all is not known, which is not nothing', () => {
  expect(sumOfUsages([undefined, undefined])).toBeUndefined();
  expect(sumOfUsages([])).toBeUndefined();
});
