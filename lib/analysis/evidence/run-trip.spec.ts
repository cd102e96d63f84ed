import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { fairLength } from '../../domain/failure-run.js';
import { randomStream } from '../simulation/random-stream.js';
import { logRunEvidence, runLimit, type RunCounts } from './run-trip.js';

const NOBODY = { failed: 0, total: 0 };
/** So many failures, all of them answered by the live environment, which had so many units of its own for each. */
const dead = (length: number, besideEach: number): RunCounts => ({
  length,
  answered: length,
  unanswered: 0,
  beside: { failed: 0, total: length * besideEach },
});

describe('the evidence of a run', () => {
  // In Python, out of exact products of fractions.
  test.each([
    [dead(5, 19), 18.014],
    [dead(6, 3), 13.993],
    [dead(8, 1), 14.455],
    [dead(11, 0), 14.589],
    [{ length: 8, answered: 8, unanswered: 3, beside: { failed: 4, total: 8 } }, 5.148],
    [{ length: 5, answered: 5, unanswered: 0, beside: { failed: 5, total: 5 } }, -0.712],
    [{ length: 5, answered: 0, unanswered: 0, beside: NOBODY }, 0],
  ])('%j is %d', (run, value) => {
    expect(logRunEvidence(run)).toBeCloseTo(value, 2);
  });

  test('of a dead canary is enough after so many failures at 5, 25, 50 and 100% of the traffic', () => {
    const limit = runLimit(900, 0.004);
    const lengths = [19, 3, 1, 0].map((besideEach) => {
      return Array.from({ length: 60 }, (_, n) => n + 1).find((n) => logRunEvidence(dead(n, besideEach)) >= limit);
    });
    expect(lengths).toEqual([4, 6, 8, 10]);
  });

  test('of a run that matters is less with every failure of the live environment', () => {
    const run = fc.record({ length: fc.nat(50), unanswered: fc.nat(20), failed: fc.nat(20), rest: fc.nat(300) });
    fc.assert(
      fc.property(run, ({ length, unanswered, failed, rest }) => {
        const of = (more: number): number =>
          logRunEvidence({
            length,
            answered: length,
            unanswered,
            beside: { failed: failed + more, total: failed + rest + 1 },
          });
        // From one in five on, the common rate explains a failure better than any rate of a live environment that
        // works.
        fc.pre(4 * (length + failed + 2 * unanswered) > length + unanswered + rest + 1);
        expect(of(1)).toBeLessThan(of(0) + 1e-9);
      }),
    );
  });

  test.each([0.02, 0.3, 0.5, 0.8])('reverts hardly ever while both fail %d of all requests', (rate) => {
    const random = randomStream(7, 1);
    const alpha = 0.05;
    const rollouts = 400;
    let reverted = 0;
    for (let n = 0; n < rollouts; n++) if (tripsInOutage(rate, alpha, random)) reverted++;
    expect(reverted / rollouts).toBeLessThan(alpha);
  });
});

/** A thousand units, one half of them on the canary, each environment failing alike. */
function tripsInOutage(rate: number, alpha: number, random: () => number): boolean {
  let run = { length: 0, answered: 0, unanswered: 0, beside: { failed: 0, total: 0 } };
  for (let n = 0; n < 1_000; n++) {
    const failed = random() < rate;
    if (random() < 0.5) {
      if (run.length + run.unanswered === 0) continue;
      run.beside = { failed: run.beside.failed + (failed ? 1 : 0), total: run.beside.total + 1 };
    } else if (!failed) run = { length: 0, answered: 0, unanswered: 0, beside: { failed: 0, total: 0 } };
    else if (random() < rate) run.unanswered++;
    else {
      run.length++;
      run.answered++;
      if (run.length >= 5 && logRunEvidence(run) >= runLimit(500, alpha)) return true;
    }
  }
  return false;
}

describe('the evidence that a run needs', () => {
  test('grows at powers of two, from the thousandth unit on', () => {
    const limits = [10, 999, 1_000, 1_023, 1_024, 100_000].map((units) => runLimit(units, 0.005));
    // ln(M / (alpha / 2 / 2^doublings))
    const expected = [1_000, 1_000, 2_048, 2_048, 8_192, 131_072 * 256].map((units) => Math.log(units / 0.0025));
    limits.forEach((limit, n) => expect(limit).toBeCloseTo(expected[n]!, 9));
  });

  test('all runs together cost alpha at most', () => {
    let spent = 0;
    for (let power = 9; power < 40; power++) {
      const units = power === 9 ? 999 : 2 ** power - 1;
      spent += (units + 1) * Math.exp(-runLimit(units, 0.005));
    }
    expect(spent).toBeLessThanOrEqual(0.005);
    expect(spent).toBeGreaterThan(0.004);
  });
});

describe('a run that one key may have made up', () => {
  test.each([
    [[6], 0, 0],
    [[3, 3], 0, 6],
    [[9, 2], 0, 4],
    [[9, 2], 1, 6],
    [[], 7, 7],
    [[], 0, 0],
    [[1], 0, 0],
    [[1], 1, 2],
  ])('of %j by key and %d without counts as %d', (byKey, withoutKey, length) => {
    expect(fairLength(byKey, withoutKey)).toBe(length);
  });
});
