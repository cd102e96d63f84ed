import { expect, test } from '@jest/globals';
import { History, planWith, routeWith } from '../../test/support/history.js';
import { pauseRollout } from '../domain/pause-commands.js';
import { nextLook } from './next-look.js';

const steps = (duration: number) => planWith([5, 50]).steps.map((step) => ({ ...step, duration }));
const rolling = (duration: number) =>
  History.rolling(routeWith({ blue: 100, green: 0 }), planWith([], { steps: steps(duration) })).route.rollout!;

test('a step that ends before the next interval is looked at when it ends', () => {
  expect(nextLook(rolling(10_000), 4_000, 30_000)).toBe(6_000);
  expect(nextLook(rolling(60_000), 4_000, 30_000)).toBeUndefined();
  expect(nextLook(rolling(60_000), 40_000, 30_000)).toBe(20_000);
});

test('one that is over and waits for requests is looked at as often as it is long, once a second at most', () => {
  expect(nextLook(rolling(10_000), 11_000, 30_000)).toBe(10_000);
  expect(nextLook(rolling(10), 11_000, 30_000)).toBe(1_000);
  expect(nextLook(rolling(60_000), 90_000, 30_000)).toBeUndefined();
  expect(nextLook(rolling(0), 1, 30_000)).toBeUndefined();
});

test('one that is paused has no time of its own', () => {
  const history = History.rolling(routeWith({ blue: 100, green: 0 }));
  history.run(pauseRollout('Manual'));
  expect(nextLook(history.route.rollout!, 59_000, 30_000)).toBeUndefined();
});
