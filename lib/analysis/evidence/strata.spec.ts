import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { fixedStrata, strataOf } from '../../domain/strata.js';
import { MOST_STRATA, mixStrata } from './strata.js';

const log = fc.double({ min: -30, max: 60, noNaN: true });

describe('evidence of all traffic and of its parts', () => {
  test('one half of all, one half of their mean', () => {
    const mixed = mixStrata(Math.log(10), { a: Math.log(40), b: Math.log(20) }, ['a', 'b']);
    expect(mixed.log).toBeCloseTo(Math.log(20), 12);
    expect(mixed.speaks).toBe('a');
  });

  test('a part without traffic counts as 1, also when nobody has heard of it', () => {
    expect(mixStrata(Math.log(10), { a: Math.log(7) }, ['a', 'b', 'c', 'd']).log).toBeCloseTo(Math.log(6.25), 12);
    expect(mixStrata(Math.log(10), { unknown: 500 }, ['a']).log).toBeCloseTo(Math.log(5.5), 12);
    expect(mixStrata(0, {}, ['toString']).log).toBeCloseTo(0, 12);
  });

  test('names the part that speaks, and none when all traffic says more', () => {
    expect(mixStrata(1, { a: 9, b: 8 }, ['a', 'b']).speaks).toBe('a');
    expect(mixStrata(9, { a: 9, b: 8 }, ['a', 'b']).speaks).toBeUndefined();
    expect(mixStrata(3, {}, [])).toEqual({ log: 3, parts: undefined });
  });

  test('costs evidence of all traffic ln 2 at most, and one part ln 2 and its number', () => {
    fc.assert(
      fc.property(log, fc.array(log, { minLength: 1, maxLength: MOST_STRATA }), (all, parts) => {
        const names = parts.map((_, n) => `s${n}`);
        const mixed = mixStrata(all, Object.fromEntries(names.map((name, n) => [name, parts[n]!])), names).log;
        expect(mixed).toBeGreaterThanOrEqual(all - Math.LN2 - 1e-9);
        expect(mixed).toBeGreaterThanOrEqual(Math.max(...parts) - Math.log(2 * parts.length) - 1e-9);
        expect(mixed).toBeLessThanOrEqual(Math.max(all, ...parts) + 1e-9);
      }),
    );
  });

  test('refuses more than sixteen', () => {
    const names = Array.from({ length: 17 }, (_, n) => `s${n}`);
    expect(() => mixStrata(0, {}, names)).toThrow('17 strata: at most 16 are possible.');
  });
});

describe('the parts that a request belongs to', () => {
  test('by what it asks for, and by a configured attribute', () => {
    const traits = { streamed: true, tools: false, structured: true, long: false };
    expect(strataOf(traits)).toEqual(['streamed', 'structured']);
    expect(strataOf({ ...traits, attribute: 17 })).toEqual(['streamed', 'structured', 'group 2']);
  });

  test('all of them together are few enough', () => {
    expect(new Set(fixedStrata(true)).size).toBe(12);
  });
});
