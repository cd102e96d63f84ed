import { expect, test } from '@jest/globals';
import { FirstEvents } from './first-events.js';

const UNITS = 65_536;

test('a unit has one first event, a request without a unit always', () => {
  const events = new FirstEvents();
  expect([7, 7, 8, 7, undefined, undefined].map((unit) => events.isFirst(unit))).toEqual([
    true,
    false,
    true,
    false,
    true,
    true,
  ]);
});

test('so many units are remembered, and the oldest of more are forgotten', () => {
  const events = new FirstEvents();
  const firsts = (from: number, to: number) => {
    let count = 0;
    for (let unit = from; unit < to; unit++) if (events.isFirst(unit)) count++;
    return count;
  };
  expect(firsts(0, 2 * UNITS)).toBe(2 * UNITS);
  expect(firsts(0, 2 * UNITS)).toBe(0);
  expect(events.isFirst(2 * UNITS)).toBe(true);
  expect(firsts(UNITS, 2 * UNITS)).toBe(0);
  expect(events.isFirst(0)).toBe(true);
});
