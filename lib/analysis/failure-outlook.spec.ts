import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { logStartsEvidence } from './evidence/starts.js';
import { logFailureEvidence } from './failure-evidence.js';
import { detectableRatio, failuresUntilEnough } from './failure-outlook.js';

const ENOUGH = Math.log(100);

describe('which ratio would have been seen by now', () => {
  test('is the one whose expected failures are just evidence enough', () => {
    const ratio = detectableRatio([{ share: 0.05, canary: 1, baseline: 40 }], 1, 0.01);
    const expected = { share: 0.05, canary: (40 * ratio * 0.05) / 0.95, baseline: 40 };
    expect(logFailureEvidence([expected], 1)).toBeCloseTo(ENOUGH, 2);
    expect(ratio).toBeCloseTo(4.45, 2);
  });

  test('comes nearer to what is tolerated the more the baseline has shown', () => {
    const ratios = [5, 50, 500, 50_000, 5e7].map((baseline) =>
      detectableRatio([{ share: 0.25, canary: 0, baseline }], 1.2, 0.01),
    );
    expect(ratios).toEqual(ratios.toSorted((a, b) => b - a));
    // The grid begins at 1.25 times what is tolerated: it never tells less than about 1.12 times from nothing.
    expect(ratios.at(-1)).toBeGreaterThan(1.2 * 1.11);
    expect(ratios.at(-1)).toBeLessThan(1.2 * 1.13);
  });

  test('is unknown while the baseline never failed, and while one arm has all of the traffic', () => {
    expect(detectableRatio([], 1, 0.01)).toBe(Infinity);
    expect(detectableRatio([{ share: 0.05, canary: 3, baseline: 0 }], 1, 0.01)).toBe(Infinity);
    expect(detectableRatio([{ share: 1, canary: 3, baseline: 50 }], 1, 0.01)).toBe(Infinity);
  });

  test('does not depend on what the canary did', () => {
    const seen = { share: 0.1, baseline: 30 };
    expect(detectableRatio([{ ...seen, canary: 0 }], 1, 0.05)).toBe(
      detectableRatio([{ ...seen, canary: 99 }], 1, 0.05),
    );
  });
});

const goal = (share = 0.05) => ({ share, ratio: 1, needed: ENOUGH });

describe('how many failures until it is enough', () => {
  test('three, of a canary at 5% from whom nothing is known; none when it is enough already', () => {
    expect(failuresUntilEnough([], goal())).toBe(3);
    const claims = [{ previous: -1, start: 0, share: 0.05, canary: 3, baseline: 0 }];
    expect(failuresUntilEnough(claims, goal())).toBe(0);
  });

  test('is the first number that is enough', () => {
    const claim = fc.record({
      previous: fc.integer({ min: -1, max: 3 }),
      start: fc.nat(9),
      share: fc.constantFrom(0.05, 0.25),
      canary: fc.nat(20),
      baseline: fc.nat(500),
    });
    fc.assert(
      fc.property(fc.array(claim, { maxLength: 6 }), fc.constantFrom(0.05, 0.5), (claims, share) => {
        const missing = failuresUntilEnough(claims, goal(share));
        const start = Math.max(0, ...claims.map((one) => one.start));
        const after = (canary: number) =>
          logStartsEvidence([...claims, { previous: -1, start, share, canary, baseline: 0 }], 1).log;
        expect(after(missing)).toBeGreaterThanOrEqual(ENOUGH - 1e-9);
        if (missing > 0) expect(after(missing - 1)).toBeLessThan(ENOUGH + 1e-9);
      }),
    );
  });

  test('is beyond any number while the canary has nothing, or everything', () => {
    expect(failuresUntilEnough([], goal(0))).toBe(Infinity);
    expect(failuresUntilEnough([], goal(1))).toBe(Infinity);
  });
});
