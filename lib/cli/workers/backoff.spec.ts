import { expect, test } from '@jest/globals';
import { pauseBefore } from './backoff.js';

test('a worker that keeps ending is started again after longer and longer pauses, up to ten seconds', () => {
  expect([0, 1, 2, 3, 6, 7, 50].map(pauseBefore)).toEqual([100, 200, 400, 800, 6_400, 10_000, 10_000]);
});
