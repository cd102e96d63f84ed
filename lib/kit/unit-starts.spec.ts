import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { randomStream } from '../analysis/simulation/random-stream.js';
import { isKept, secondHash } from './second-hash.js';
import { UnitStarts } from './unit-starts.js';

const unit = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const start = fc.nat(63);
const random = randomStream(9, 0);
/** As a hash that routes gives them. */
const users = Array.from({ length: 400_000 }, () => Math.floor(random() * 2 ** 32));

describe('the memory of units', () => {
  test('says when the unit had its previous event', () => {
    const units = new UnitStarts();
    expect(units.claim(5, 3)).toBe(-1);
    expect(units.claim(5, 7)).toBe(3);
    expect(units.claim(5, 63)).toBe(7);
    expect(units.claim(6, 0)).toBe(-1);
  });

  test('a claim that is not later than the one before does not count, and changes nothing', () => {
    const units = new UnitStarts();
    units.claim(5, 7);
    expect(units.claim(5, 7)).toBeUndefined();
    expect(units.claim(5, 2)).toBeUndefined();
    expect(units.claim(5, 8)).toBe(7);
  });

  test('remembers as a map does while there is room', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.oneof(unit, fc.nat(20)), start), { maxLength: 300 }), (events) => {
        const units = new UnitStarts(1_024);
        const map = new Map<number, number>();
        for (const [of, at] of events) {
          const known = map.get(of) ?? -1;
          expect(units.claim(of, at)).toBe(at > known ? known : undefined);
          map.set(of, Math.max(known, at));
        }
        expect(units.size).toBe(map.size);
        expect(units.level).toBe(0);
      }),
    );
  });

  test('a full one counts one unit of 2, 4, 8, and never one twice for the same start', () => {
    const units = new UnitStarts(1_000);
    const counted = new Map<number, number>();
    for (let round = 0; round < 3; round++) {
      for (let n = 0; n < 6_000; n++) {
        const of = users[n]!;
        if (units.claim(of, 0) === undefined) continue;
        counted.set(of, (counted.get(of) ?? 0) + 1);
      }
      expect(units.size).toBeLessThanOrEqual(1_000);
    }
    expect(Math.max(...counted.values())).toBe(1);
    expect(units.level).toBe(3);
    expect(units.keeps(users[0]!)).toBe(secondHash(users[0]!) % 8 === 0);
  });

  test('leaves out the same part of both arms', () => {
    const units = new UnitStarts(4_096);
    const late = { canary: 0, baseline: 0 };
    for (let n = 0; n < 400_000; n++) {
      const of = users[n]!;
      if (units.claim(of, 0) === undefined || n < 200_000) continue;
      late[of < 2 ** 30 ? 'canary' : 'baseline']++;
    }
    const all = late.canary + late.baseline;
    // Four standard deviations of a quarter.
    expect(Math.abs(late.canary / all - 0.25)).toBeLessThan(4 * Math.sqrt((0.25 * 0.75) / all));
  });

  test('thins as another replica does, and never back', () => {
    const units = new UnitStarts();
    for (let of = 0; of < 500; of++) units.claim(of, 1);
    units.thinTo(2);
    units.thinTo(1);
    expect(units.level).toBe(2);
    const kept = Array.from({ length: 500 }, (_, of) => of).filter((of) => isKept(secondHash(of), 2));
    expect(units.size).toBe(kept.length);
    for (const of of kept) expect(units.claim(of, 2)).toBe(1);
    expect(
      units.claim(
        Array.from({ length: 500 }, (_, of) => of).find((of) => !kept.includes(of))!,
        2,
      ),
    ).toBeUndefined();
  });
});
