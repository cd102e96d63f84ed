import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { LAST_START, startAt, stretchLength } from './timetable.js';

const MINUTE = 60_000;
const STANDARD = { planned: 50 * MINUTE, segments: 4 };
const timetable = fc.record({
  planned: fc.integer({ min: 0, max: 30 * 24 * 60 * MINUTE }),
  segments: fc.integer({ min: 1, max: 200 }),
});
const age = fc.double({ min: -1e9, max: 1e13, noNaN: true });

/** The starting points that changes of weights begin, all at once. */
function bySegmentOf(segments: number): number[] {
  return Array.from({ length: segments }, (_, segment) => startAt({ planned: 0, segments }, 0, segment));
}

describe('the starting points of a rollout', () => {
  test('the standard plan begins one at each change of weights and about every two minutes', () => {
    expect(stretchLength(STANDARD.planned) / MINUTE).toBeCloseTo(1.79, 2);
    expect(startAt(STANDARD, 0, 0)).toBe(0);
    expect(startAt(STANDARD, 10 * MINUTE, 0)).toBe(5);
    expect(startAt(STANDARD, 10 * MINUTE, 1)).toBe(6);
    expect(startAt(STANDARD, 40 * MINUTE, 3)).toBe(25);
  });

  test('a plan of a week has them hours apart, one of seconds a minute apart', () => {
    expect(stretchLength(7 * 24 * 60 * MINUTE) / MINUTE).toBe(360);
    expect(stretchLength(20_000)).toBe(MINUTE);
    expect(startAt({ planned: 20_000, segments: 3 }, 19_000, 2)).toBe(2);
  });

  test('after the plan they come further and further apart, and last for 29 times its length', () => {
    const { planned } = STANDARD;
    expect(startAt(STANDARD, planned - 1, 0)).toBe(27);
    expect(startAt(STANDARD, planned, 0)).toBe(28);
    expect(startAt(STANDARD, 2 * planned, 0)).toBe(35);
    expect(startAt(STANDARD, 10 * planned, 0)).toBeLessThan(startAt(STANDARD, 15 * planned, 0));
    expect(startAt(STANDARD, 28 * planned, 0)).toBe(47);
    expect(startAt(STANDARD, 200 * planned, 0)).toBe(48);
  });

  test('a schedule of 120 steps begins one at every eighth of them', () => {
    const long = { planned: 120 * MINUTE, segments: 120 };
    const bySegment = Array.from({ length: 120 }, (_, segment) => startAt(long, 0, segment));
    expect(bySegment[8]).toBe(1);
    expect(bySegment.at(-1)).toBe(15);
  });

  test('a schedule of sixteen steps begins one at each, one of seventeen not quite', () => {
    expect(bySegmentOf(16)).toEqual(Array.from({ length: 16 }, (_, segment) => segment));
    expect(new Set(bySegmentOf(17)).size).toBe(16);
    expect(bySegmentOf(1)).toEqual([0]);
    expect(startAt({ planned: 0, segments: 1 }, 0, 3)).toBe(3);
  });

  test('the first of them begins with the second stretch, not before', () => {
    const length = stretchLength(STANDARD.planned);
    expect([length - 1, length].map((at) => startAt(STANDARD, at, 0))).toEqual([0, 1]);
    expect([1, 0].map((at) => startAt(STANDARD, at, 0))).toEqual([0, 0]);
  });

  test('never falls, and never passes the last one', () => {
    fc.assert(
      fc.property(timetable, age, age, fc.nat(300), fc.nat(300), (plan, t1, t2, s1, s2) => {
        const before = startAt(plan, Math.min(t1, t2), Math.min(s1, s2));
        const after = startAt(plan, Math.max(t1, t2), Math.max(s1, s2));
        expect(before).toBeGreaterThanOrEqual(0);
        expect(after).toBeGreaterThanOrEqual(before);
        expect(after).toBeLessThanOrEqual(LAST_START);
        expect(Number.isInteger(after)).toBe(true);
      }),
    );
  });

  test('a clock that says nothing, or too little, means the beginning', () => {
    expect(startAt(STANDARD, -5 * MINUTE, 0)).toBe(0);
    expect(startAt(STANDARD, Number.NaN, 0)).toBe(0);
  });
});
