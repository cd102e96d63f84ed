import { describe, expect, test } from '@jest/globals';
import { ReturningUnits } from './returning-units.js';

/** Requests of these units, one after the other; which of them are left out. */
function leftOut(units: ReturningUnits, asked: readonly (number | undefined)[], segment = 1): unknown[] {
  return asked.map((unit) => units.arrives(unit, segment)?.isLeftOut);
}
const users = (count: number, from = 0) => Array.from({ length: count }, (_, n) => from + n);

describe('requests that tell nothing about times', () => {
  test('are the first of units that come back, again under each weights', () => {
    const units = new ReturningUnits();
    leftOut(units, [...users(60), ...users(60), ...users(60)]);
    expect(leftOut(units, [1, 2, 99_999, 99_999])).toEqual([false, false, true, false]);
    expect(leftOut(units, [1, 1, 2], 2)).toEqual([true, false, true]);
  });

  test('are none where units hardly ever come back', () => {
    const units = new ReturningUnits();
    leftOut(units, users(60));
    expect(leftOut(units, users(500, 1_000))).not.toContain(true);
    expect(leftOut(units, users(500, 5_000), 2)).not.toContain(true);
  });

  test('are all first ones until it is known whether they come back', () => {
    expect(leftOut(new ReturningUnits(), users(60)).indexOf(false)).toBe(50);
  });

  test('are never requests without a key', () => {
    expect(leftOut(new ReturningUnits(), [undefined, undefined])).toEqual([false, false]);
  });

  test('follow when units begin to come back', () => {
    const units = new ReturningUnits();
    leftOut(units, users(5_000));
    leftOut(
      units,
      Array.from({ length: 1_000 }, (_, n) => n % 100),
    );
    expect(leftOut(units, [77_777])).toEqual([true]);
  });

  test('of weights of before are not looked at', () => {
    const units = new ReturningUnits();
    units.arrives(1, 5);
    expect(units.arrives(2, 4)).toBeUndefined();
    expect(units.arrives(1, 5)).toMatchObject({ previous: undefined, isLeftOut: false });
  });
});
