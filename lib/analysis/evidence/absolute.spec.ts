import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { chanceOfEver, expectation } from '../../../test/support/chances.js';
import { logFailureEvidence } from '../failure-evidence.js';
import { logAbove, logBelow, logShareEvidence } from './absolute.js';
import { LAST_START } from '../../domain/timetable.js';
import { LOG_START_WEIGHTS } from './start-mixture.js';

describe('evidence on one chance', () => {
  // Fractions in Python: log(sum(m**s / (1 + p*(m-1))**n for m in M) / 8), and the same with 1/m for "below".
  test.each([
    [logAbove, 12, 80, 4.091_442_885_9],
    [logAbove, 1, 1, 1.780_126_573],
    [logAbove, 0, 100, -3.044_246_028_8],
    [logBelow, 0, 60, 2.360_560_503_6],
    [logBelow, 4, 400, 8.555_088_273_2],
    [logBelow, 30, 100, -7.760_465_613_3],
  ])('%p of %d in %d at 5 %%', (evidence, events, total, log) => {
    expect(evidence(events, total, 0.05)).toBeCloseTo(log, 8);
  });

  test('that it is above is the ceiling that there was', () => {
    fc.assert(
      fc.property(
        fc.nat(50),
        fc.nat(500),
        fc.double({ min: 0.001, max: 0.999, noNaN: true }),
        (events, quiet, chance) => {
          expect(logAbove(events, events + quiet, chance)).toBeCloseTo(
            logFailureEvidence([{ share: chance, canary: events, baseline: quiet }], 1),
            8,
          );
        },
      ),
    );
  });

  test.each([
    ['above', logAbove],
    ['below', logBelow],
  ])('that it is %s has a mean of 1 when it is neither', (_, evidence) => {
    for (const [tries, chance] of [
      [1, 0.05],
      [20, 0.05],
      [30, 0.4],
    ] as const) {
      const mean = expectation(tries, chance, (hits) => Math.exp(evidence(hits, tries, chance)));
      expect(mean).toBeCloseTo(1, 9);
    }
  });

  test('looked at after each of 300 requests, both say so wrongly as seldom as promised', () => {
    for (const evidence of [logAbove, logBelow]) {
      const alarm = chanceOfEver(300, 0.05, (hits, misses) => evidence(hits, hits + misses, 0.05) >= Math.log(20));
      expect(alarm).toBeLessThan(0.05);
      expect(alarm).toBeGreaterThan(0.001);
    }
  });

  test('at the edges', () => {
    expect(logAbove(1, 9, 0)).toBe(Infinity);
    expect(logAbove(0, 9, 0)).toBe(0);
    expect(logAbove(9, 9, 1)).toBeCloseTo(0, 12);
    expect(logBelow(8, 9, 1)).toBe(Infinity);
    expect(logBelow(9, 9, 1)).toBe(0);
  });
});

describe('the same from many starting points', () => {
  const counts = fc.array(
    fc.record({ previous: fc.integer({ min: -1, max: 20 }), start: fc.nat(LAST_START), events: fc.nat(9) }),
    { maxLength: 12 },
  );
  const quiet = fc.array(fc.record({ start: fc.nat(LAST_START), requests: fc.nat(300) }), { maxLength: 12 });

  test('is each of them by itself, in the mixture', () => {
    fc.assert(
      fc.property(counts, quiet, fc.constantFrom(0.01, 0.05, 0.3), (events, below, chance) => {
        const byStart = LOG_START_WEIGHTS.map((_, k) => {
          const seen = events.reduce((sum, e) => sum + (e.previous < k && e.start >= k ? e.events : 0), 0);
          const rest = below.reduce((sum, { start, requests }) => sum + (start >= k ? requests : 0), 0);
          return logAbove(seen, seen + rest, chance);
        });
        const read = logShareEvidence(events, below, chance);
        for (const [k, log] of byStart.entries()) expect(read.byStart[k]).toBeCloseTo(log, 6);
      }),
    );
  });

  test('names where it speaks loudest: after the good hours, not before', () => {
    const events = [{ previous: -1, start: 30, events: 40 }];
    const read = logShareEvidence(
      events,
      [
        { start: 0, requests: 5_000 },
        { start: 30, requests: 160 },
      ],
      0.05,
    );
    expect(read.log).toBeGreaterThan(Math.log(1_000));
    expect(read.loudest).toBeGreaterThan(0);
    expect(read.loudest).toBeLessThanOrEqual(30);
  });

  test('at a chance of 0 one event is proof', () => {
    expect(logShareEvidence([{ previous: -1, start: 4, events: 1 }], [], 0)).toMatchObject({
      log: Infinity,
      loudest: 4,
    });
    expect(logShareEvidence([{ previous: -1, start: 0, events: 0 }], [{ start: 0, requests: 9 }], 0)).toMatchObject({
      log: 0,
      loudest: 0,
    });
    expect(logShareEvidence([{ previous: -1, start: 0, events: 3 }], [], 1).log).toBeCloseTo(0, 12);
  });
});
