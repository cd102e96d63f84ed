import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { logFailureEvidence } from '../failure-evidence.js';
import { LAST_START, STARTS } from '../../domain/timetable.js';
import { LOG_START_WEIGHTS } from './start-mixture.js';
import { logStartsEvidence, type ClaimCounts } from './starts.js';

/**
 * The mixture as its definition has it: for each starting point, all claims that count for it, through the formula
 * for one.
 */
function byDefinition(claims: readonly ClaimCounts[], ratio: number): number {
  const parts = LOG_START_WEIGHTS.map((weight, k) => {
    const counting = claims.filter(({ previous, start }) => previous < k && start >= k);
    return weight + logFailureEvidence(counting, ratio);
  });
  const most = Math.max(...parts);
  return most + Math.log(parts.reduce((sum, part) => sum + Math.exp(part - most), 0));
}

const claim = fc
  .record({
    previous: fc.integer({ min: -1, max: LAST_START }),
    later: fc.integer({ min: 0, max: LAST_START }),
    share: fc.constantFrom(0.05, 0.25, 0.5, 0.9),
    canary: fc.nat(30),
    baseline: fc.nat(60),
  })
  .map(({ previous, later, ...rest }) => ({ ...rest, previous, start: Math.min(LAST_START, previous + later) }));
const claims = fc.array(claim, { maxLength: 20 });
const ratio = fc.constantFrom(0.8, 1, 1.25);

/** One failure, of a unit that had failed before at `previous`. */
function failure(previous: number, start: number, isCanary: boolean, share = 0.25): ClaimCounts {
  return { previous, start, share, canary: isCanary ? 1 : 0, baseline: isCanary ? 0 : 1 };
}

describe('evidence from many starting points', () => {
  test('weights sum to 1, half of it on the beginning', () => {
    const weights = LOG_START_WEIGHTS.map(Math.exp);
    expect(weights).toHaveLength(STARTS);
    expect(weights[0]).toBeCloseTo(0.5, 14);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
  });

  // Products of fractions in Python, without a logarithm before the end:
  //   m = [1.25, 1.5, 2, 3, 5, 10, 30, 100]; e = lambda c, b, w: sum(Fraction(m)**c / (1 + w*(m-1))**(c+b)) / 8
  //   log(1/2 * e(first claims) + 1/126 * sum over k of e(claims that count for k))
  test.each([
    { claims: [{ previous: -1, start: 0, share: 0.05, canary: 4, baseline: 0 }], log: 8.788_319_45 },
    {
      claims: [
        { previous: -1, start: 0, share: 0.05, canary: 2, baseline: 30 },
        { previous: 0, start: 7, share: 0.25, canary: 6, baseline: 4 },
        { previous: -1, start: 9, share: 0.25, canary: 3, baseline: 2 },
      ],
      log: 0.689_323_72,
    },
  ])('comes to $log', ({ claims: seen, log }) => {
    expect(logStartsEvidence(seen, 1).log).toBeCloseTo(log, 6);
  });

  test('is what the definition says', () => {
    fc.assert(
      fc.property(claims, ratio, (seen, tolerated) => {
        expect(logStartsEvidence(seen, tolerated).log).toBeCloseTo(byDefinition(seen, tolerated), 7);
      }),
    );
  });

  test('adds up over replicas, and forgets no order', () => {
    fc.assert(
      fc.property(claims, claims, (one, other) => {
        const whole = logStartsEvidence([...one, ...other], 1).log;
        expect(logStartsEvidence([...other.toReversed(), ...one], 1).log).toBeCloseTo(whole, 7);
      }),
    );
  });

  test('rises with a failure of the canary and falls with one of the live environment', () => {
    fc.assert(
      fc.property(claims, fc.nat(LAST_START), (seen, start) => {
        const now = logStartsEvidence(seen, 1).log;
        expect(logStartsEvidence([...seen, failure(-1, start, true)], 1).log).toBeGreaterThanOrEqual(now - 1e-9);
        expect(logStartsEvidence([...seen, failure(-1, start, false)], 1).log).toBeLessThanOrEqual(now + 1e-9);
      }),
    );
  });

  test('a claim that is not later than the one before says nothing', () => {
    for (const [previous, start] of [
      [3, 3],
      [3, 2],
      [63, 0],
    ] as const) {
      expect(logStartsEvidence([failure(previous, start, true)], 1).log).toBeCloseTo(0, 12);
    }
  });

  test('is no evidence without failures, or while one arm has all of the traffic', () => {
    expect(logStartsEvidence([], 1).log).toBeCloseTo(0, 12);
    expect(logStartsEvidence([], 1).loudest).toBe(0);
    const alone = [0, 1, Number.NaN].map((share) => ({ previous: -1, start: 2, share, canary: 40, baseline: 0 }));
    expect(logStartsEvidence(alone, 1).log).toBeCloseTo(0, 12);
  });

  /**
   * Its mean is at most 1 while both fail alike, whatever happens: every way in which four units, of which two come
   * back, can fall into the arms, by their chances. Arms are drawn once per unit, as routing does.
   */
  test('is expected to be 1 when both arms fail alike', () => {
    const share = 0.25;
    let expected = 0;
    for (let arms = 0; arms < 16; arms++) {
      const inCanary = [0, 1, 2, 3].map((unit) => (arms & (1 << unit)) !== 0);
      const chance = inCanary.reduce((product, is) => product * (is ? share : 1 - share), 1);
      const seen = [
        ...inCanary.map((is) => failure(-1, 0, is)),
        failure(0, 5, inCanary[0]!),
        failure(0, 9, inCanary[1]!),
        failure(5, 9, inCanary[0]!),
      ];
      expected += chance * Math.exp(logStartsEvidence(seen, 1).log);
    }
    expect(expected).toBeCloseTo(1, 10);
  });

  test('reads all the counts that there can be: one for each pair of stretches', () => {
    const all: ClaimCounts[] = [];
    for (let previous = -1; previous < LAST_START; previous++) {
      for (let start = previous + 1; start <= LAST_START; start++) {
        all.push({ previous, start, share: 0.05 + 0.01 * Math.floor(start / 8), canary: 3, baseline: 40 });
      }
    }
    expect(all).toHaveLength((STARTS * (STARTS + 1)) / 2);
    expect(Number.isFinite(logStartsEvidence(all, 1).log)).toBe(true);
  });
});
